// SPDX-License-Identifier: MIT
#include "daemon/lanes/decisions.hpp"

#include <fmt/format.h>

namespace consolidador {

void Decisions::approve(std::uint64_t request, Date date, const Approval& approval) {
  by_date_[date] = {request, approval, std::nullopt,
                    fmt::format("approved by {}: {}", approval.actor, approval.reason)};
}

void Decisions::restore(std::uint64_t request, Date date, const std::string& from,
                        const Approval& approval) {
  by_date_[date] = {
      request, approval, from,
      fmt::format("restored from {} by {}: {}", from, approval.actor, approval.reason)};
}

void Decisions::forget_request(std::uint64_t request) {
  std::erase_if(by_date_, [request](const auto& entry) { return entry.second.request == request; });
}

std::optional<std::uint64_t> Decisions::forget_day(Date date) {
  const auto found = by_date_.find(date);
  if (found == by_date_.end()) return std::nullopt;
  const auto request = found->second.request;
  by_date_.erase(found);
  return request;
}

std::optional<Approval> Decisions::approval(Date date) const {
  const Decision* decision = find(date);
  return decision ? std::optional(decision->approval) : std::nullopt;
}

const ApprovedLoss* Decisions::loss(Date date) const {
  const Decision* decision = find(date);
  return decision ? &decision->approval.loss : nullptr;
}

std::string Decisions::text(Date date) const {
  const Decision* decision = find(date);
  return decision ? decision->text : std::string();
}

std::optional<std::string> Decisions::restored_from(Date date) const {
  const Decision* decision = find(date);
  return decision ? decision->restore_from : std::nullopt;
}

const Decisions::Decision* Decisions::find(Date date) const {
  const auto found = by_date_.find(date);
  return found == by_date_.end() ? nullptr : &found->second;
}

}  // namespace consolidador
