// SPDX-License-Identifier: MIT
#include "lib/config/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"

namespace consolidador::config {
namespace {

/// Deeper than any key of ours, and far from where recursion in yaml-cpp hurts the stack.
constexpr std::size_t max_depth = 16;

[[noreturn]] void fail_at(const std::string& file, int line, std::string_view problem) {
  throw ConfigError(fmt::format("{}:{}: {}", file, line, problem));
}

/// The type of a handler's last argument: EmitterStyle::value, or EmitterStyle since yaml-cpp 0.9.
template <typename Style>
Style last_of(void (YAML::EventHandler::*)(const YAML::Mark&, const std::string&, YAML::anchor_t,
                                           Style));
using Style = decltype(last_of(&YAML::EventHandler::OnMapStart));

/// Builds the tree from the parser's events, to refuse what YAML::Load() accepts: an alias, which
/// it resolves, a second document, which it leaves out, and absurd nesting.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& file) : file_(file) {}

  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true))
      fail(mark, "a second YAML document begins; keep one file for one branch");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, {}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "an alias is not supported; write the value out, quoted if it begins with *");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    add(mark, {Node::Kind::text, value, tag == "!", {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, Style) override {
    open(mark, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, Style) override {
    open(mark, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YAML::Mark mark;
    Node node;
    std::optional<Node::Entry> entry;  ///< its key has been read, its value comes next
  };

  [[noreturn]] void fail(const YAML::Mark& mark, std::string_view problem) const {
    fail_at(file_, mark.line + 1, problem);
  }

  bool key_expected() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::map && !open_.back().entry;
  }

  void open(const YAML::Mark& mark, Node::Kind kind) {
    if (key_expected()) fail(mark, "a list or map stands where a key is expected; write a name");
    if (open_.size() == max_depth)
      fail(mark, "brackets or sections are nested too deeply; compare with the example file");
    open_.push_back({mark, {kind, {}, false, {}}, std::nullopt});
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(closed.mark, std::move(closed.node));
  }

  void add(const YAML::Mark& mark, Node node) {
    if (open_.empty())
      root_ = std::move(node);
    else if (key_expected())
      begin_entry(mark, std::move(node));
    else if (open_.back().node.kind == Node::Kind::map)
      end_entry(std::move(node));
    else
      open_.back().node.entries.push_back({"", mark.line + 1, std::move(node)});
  }

  void begin_entry(const YAML::Mark& mark, Node key) {
    if (key.text.empty()) fail(mark, "a value has no key; write `key: value`");
    open_.back().entry = {std::move(key.text), mark.line + 1, {}};
  }

  void end_entry(Node value) {
    Open& map = open_.back();
    map.entry->value = std::move(value);
    map.node.entries.push_back(std::move(*map.entry));
    map.entry.reset();
  }

  const std::string& file_;
  bool started_ = false;
  std::vector<Open> open_;
  Node root_;
};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < ' ' && c != '\n' && c != '\t' && c != '\r') || byte == 0x7F;
}

/// yaml-cpp passes other encodings through, and takes 0x04 for the end of the file.
void check_encoding(const std::string& file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = letter_length(std::string_view(text).substr(at));
    if (length == 0 || is_control(text[at])) {
      const auto lines =
          std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      fail_at(file, static_cast<int>(lines) + 1,
              "this line is not UTF-8 text; save the file as UTF-8 without control characters");
    }
    at += length;
  }
}

/// After a newline yaml-cpp takes the end of the file for the end of a quoted text.
std::string without_last_newlines(const std::string& text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

/// yaml-cpp's reason without what follows a colon: that part quotes the file, perhaps a password.
std::string reason(const YAML::Exception& error) {
  return error.msg.substr(0, error.msg.find(':'));
}

}  // namespace

Node parse_yaml(const std::string& file, const std::string& text) try {
  check_encoding(file, text);
  std::istringstream stream(without_last_newlines(text));
  YAML::Parser parser(stream);
  TreeBuilder builder(file);
  while (parser.HandleNextDocument(builder)) {
  }
  return builder.take_root();
} catch (const YAML::Exception& error) {
  fail_at(file, std::max(error.mark.line, 0) + 1,
          fmt::format("YAML syntax error: {}; check indentation, quotes and brackets here and in "
                      "the lines before",
                      reason(error)));
}

}  // namespace consolidador::config
