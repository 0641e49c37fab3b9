// SPDX-License-Identifier: MIT
// The judgement for another program: each line of the input is a case, each line of the output its
// answer. tests/system/test_lock_model.py compares them with its own.
//
//   case:     enabled rows min_rows amount ended before_horizon CONTENT APPROVED PROVEN...
//   APPROVED: `-` or CONTENT
//   PROVEN:   target CONTENT rows_going intact; rows_going is `-` where it is not known
//   CONTENT:  filas unidades venta costo huella
//   answer:   verdict permit loss: `write yes -`, `hold no vps:21`, `hold no conflict`, `archive no
//   -`
#include <fmt/format.h>

#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "lib/sync/judgement.hpp"

using namespace consolidador;

namespace {

struct Case {
  LockLimits limits;
  WantedDay wanted;
  std::vector<ProvenDay> proven;
};

template <typename Value>
Value read(std::istream& in) {
  Value value{};
  if (!(in >> value)) throw std::runtime_error("a field is missing or of the wrong kind");
  return value;
}

Decimal read_amount(std::istream& in) {
  return Decimal::parse(read<std::string>(in));
}

DayTotals read_content(std::istream& in) {
  DayTotals totals;
  totals.filas = read<std::uint64_t>(in);
  totals.unidades = read_amount(in);
  totals.venta = read_amount(in);
  totals.costo = read_amount(in);
  totals.huella = read<std::uint64_t>(in);
  return totals;
}

/// Whether `-` stands here, which is taken then.
bool takes_nothing(std::istream& in) {
  if ((in >> std::ws).peek() != '-') return false;
  in.get();
  return true;
}

ProvenDay read_proven(std::istream& in) {
  ProvenDay day;
  day.target = read<std::string>(in);
  day.totals = read_content(in);
  if (!takes_nothing(in)) day.rows_going = read<std::uint64_t>(in);
  day.intact = read<bool>(in);
  return day;
}

Case read_case(const std::string& line) {
  std::istringstream in(line);
  Case each;
  each.limits = {read<bool>(in), read<unsigned>(in), read<std::uint64_t>(in), read<unsigned>(in)};
  each.wanted.date = parse_date("2026-01-05");
  each.wanted.ended = read<bool>(in);
  each.wanted.before_horizon = read<bool>(in);
  each.wanted.totals = read_content(in);
  if (!takes_nothing(in)) {
    const DayTotals approved = read_content(in);
    each.wanted.approved = ApprovedLoss{approved, read_content(in)};
  }
  while (!(in >> std::ws).eof()) each.proven.push_back(read_proven(in));
  return each;
}

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::write:
      return "write";
    case Verdict::hold:
      return "hold";
    case Verdict::archive:
      return "archive";
  }
  return "?";
}

std::string answer(const Case& each) {
  const auto judgement = judge(each.wanted, each.proven, each.limits);
  const bool permit =
      judgement.permit && judgement.permit->covers(each.wanted.date, each.wanted.totals);
  const auto loss = judgement.loss
                        ? fmt::format("{}:{}", judgement.loss->target, judgement.loss->rows_going)
                        : std::string(judgement.conflict ? "conflict" : "-");
  return fmt::format("{} {} {}", word(judgement.verdict), permit ? "yes" : "no", loss);
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  for (std::size_t number = 1; std::getline(std::cin, line); ++number) try {
      std::cout << answer(read_case(line)) << '\n';
    } catch (const std::exception& error) {
      std::cerr << "line " << number << ": " << error.what() << '\n';
      return 2;
    }
  return 0;
}
