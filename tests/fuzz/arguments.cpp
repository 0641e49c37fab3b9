// SPDX-License-Identifier: MIT
// What strangers say on the bus is a date, a range or a line of text, or is refused in one line.
#include "daemon/bus/arguments.hpp"

#include "daemon/bus/error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace consolidador;

namespace {

constexpr std::size_t longest = 400;

template <typename Question>
void ask(Question&& question) try {
  question();
} catch (const bus::BusError& error) {
  const std::string_view said = error.what();
  fuzz::promise(error.name() == bus::error_invalid_argument);
  fuzz::promise(fuzz::is_one_line(said) && said.size() < longest);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const bus::Value whole(std::string{rest});
  const bus::Value first(std::string{fuzz::take_until(rest, '\n')});
  const bus::Value second(std::string{rest});
  ask([&] { fuzz::promise(to_string(bus::date_argument("date", whole)).size() == 10); });
  ask([&] { fuzz::promise(!bus::range_arguments(first, second).empty()); });
  ask([&] {
    const auto text = bus::text_argument("reason", whole);
    fuzz::promise(fuzz::is_one_line(text) && text.size() <= 200);
  });
  ask([&] {
    const auto text = bus::reason_argument("reason", whole);
    fuzz::promise(fuzz::is_one_line(text) && !text.empty() && text.size() <= 200);
  });
  return 0;
}
