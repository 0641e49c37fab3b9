// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace consolidador::config {

/// A YAML document as plain values: what the rest of lib/config sees of it. Lines count from 1.
struct Node {
  enum class Kind {
    nothing,  ///< `key:` without a value, `~` or `null`
    text,     ///< any single value; its type is decided by who reads it
    list,
    map,
  };
  struct Entry;

  Kind kind = Kind::nothing;
  std::string text;            ///< of a text
  bool quoted = false;         ///< a text in quotes: "" is then a value
  std::vector<Entry> entries;  ///< of a map, in the file's order, duplicates included; a list's
                               ///< items have no key
};

struct Node::Entry {
  std::string key;
  int line = 0;  ///< of the key, or of the item
  Node value;
};

/// Parses `text`, the content of `file`. Throws ConfigError with file and line for a syntax error,
/// bytes that are not UTF-8 text, aliases, more than one document, and nesting deeper than any key.
Node parse_yaml(const std::string& file, const std::string& text);

}  // namespace consolidador::config
