// SPDX-License-Identifier: MIT
#include "daemon/bus/codec.hpp"

#include "daemon/bus/versions.hpp"

namespace consolidador::bus {
namespace {

void write(sdbus::Message& message, const Dict& dict) {
  message.openContainer("{sv}");
  for (const Entry& entry : dict.entries) {
    message.openDictEntry("sv");
    message << entry.key;
    message.openVariant(signature(entry.value));
    write(message, entry.value);
    message.closeVariant();
    message.closeDictEntry();
  }
  message.closeContainer();
}

void write(sdbus::Message& message, const std::vector<Dict>& dicts) {
  message.openContainer("a{sv}");
  for (const Dict& dict : dicts) write(message, dict);
  message.closeContainer();
}

void write(sdbus::Message& message, const ObjectPath& path) {
  message << sdbus::ObjectPath(path.text);
}

template <typename T>
void write(sdbus::Message& message, const T& basic) {
  message << basic;
}

template <typename As, typename T = As>
Value read_basic(sdbus::Message& message) {
  As value{};
  message >> value;
  return T(value);
}

template <typename T>
Value read_whole(sdbus::Message& message) {
  T value;
  message >> value;
  return value;
}

Dict read_dict(sdbus::Message& message) {
  Dict dict;
  message.enterContainer("{sv}");
  while (message.enterDictEntry("sv")) {
    Entry entry;
    message >> entry.key;
    entry.value = read(message);
    dict.entries.push_back(std::move(entry));
    message.exitDictEntry();
  }
  message.clearFlags();
  message.exitContainer();
  return dict;
}

Value read_dicts(sdbus::Message& message) {
  std::vector<Dict> dicts;
  message.enterContainer("a{sv}");
  while (next_type(message).first != '\0') dicts.push_back(read_dict(message));
  message.exitContainer();
  return dicts;
}

Value read_array(sdbus::Message& message, const std::string& of) {
  if (of == "{sv}") return read_dict(message);
  if (of == "a{sv}") return read_dicts(message);
  if (of == "{st}") return read_whole<Counts>(message);
  if (of == "s") return read_whole<Strings>(message);
  if (of == "u") return read_whole<Numbers>(message);
  if (of == "i") return read_whole<Integers>(message);
  if (of == "y") {  // a security label: nothing of ours
    std::vector<std::uint8_t> bytes;
    message >> bytes;
    return std::string();
  }
  throw BusError(error_failed, "an array of " + of + " came over the bus, which nobody expects");
}

Value read_variant(sdbus::Message& message, const std::string& of) {
  // sdbus-c++ 2 takes no string. NOLINTNEXTLINE(readability-redundant-string-cstr)
  message.enterVariant(of.c_str());
  Value value = read(message);
  message.exitVariant();
  return value;
}

}  // namespace

void write(sdbus::Message& message, const Value& value) {
  std::visit([&](const auto& held) { write(message, held); }, value);
}

Value read(sdbus::Message& message) {
  const auto [type, contents] = next_type(message);
  switch (type) {
    case 'b':
      return read_basic<bool>(message);
    case 'i':
      return read_basic<std::int32_t>(message);
    case 'u':
      return read_basic<std::uint32_t>(message);
    case 'x':
      return read_basic<std::int64_t>(message);
    case 't':
      return read_basic<std::uint64_t>(message);
    case 'd':
      return read_basic<double>(message);
    case 's':
      return read_basic<std::string>(message);
    case 'o': {
      sdbus::ObjectPath path;
      message >> path;
      return ObjectPath{path};
    }
    case 'h': {  // the caller's process, from newer buses: nothing of ours
      sdbus::UnixFd fd;
      message >> fd;
      return false;
    }
    case 'a':
      return read_array(message, contents);
    case 'v':
      return read_variant(message, contents);
    default:
      throw BusError(error_failed, std::string("a value of type ") + type +
                                       " came over the bus, which nobody expects");
  }
}

void write_all(sdbus::Message& message, const Values& values) {
  for (const Value& value : values) write(message, value);
}

Values read_all(sdbus::Message& message) {
  Values values;
  while (next_type(message).first != '\0') values.push_back(read(message));
  return values;
}

}  // namespace consolidador::bus
