// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/history.hpp"
#include "lib/sync/ledger_mark.hpp"
#include "lib/sync/source.hpp"
#include "lib/sync/target.hpp"

namespace consolidador::test {

inline constexpr std::int32_t branch_id = 99;

inline SalesRow row(std::string upc, const char* unidades, const char* venta,
                    const char* costo = "0", std::int32_t categoria = 0) {
  return {{std::move(upc), 1, 2, categoria, 4},
          Decimal::parse(unidades),
          Decimal::parse(venta),
          Decimal::parse(costo)};
}

/// Rows in the order of the key, as extract() gives them.
inline ExtractedDay extracted_day(Date date, std::vector<SalesRow> rows) {
  ExtractedDay day{date, {}, std::move(rows), false};
  day.totals = totals_of(day.rows, branch_id, date);
  return day;
}

/// Counts the calls of every port and throws `error` at the one chosen: fail-at-step-N.
class Steps {
 public:
  void fail_at(std::size_t step, Error error) {
    fail_at_ = step;
    error_ = std::move(error);
    count_ = 0;
  }
  void never_fail() { fail_at_ = 0; }
  void always_fail(bool fail) { always_ = fail; }
  std::size_t count() const { return count_; }

  /// `before`: the failure strikes before the call has its effect. Steps count from 1.
  void step() {
    if (++count_ == fail_at_ || always_) throw error_;
  }

 private:
  std::atomic<std::size_t> count_ = 0;  // the workers of both targets call
  std::size_t fail_at_ = 0;
  std::atomic<bool> always_ = false;
  Error error_{ErrorClass::transient, ErrorCause::link, "the link broke"};
};

/// A POS in memory: rows of cells, as a result set would bring them.
class FakeSource : public Source {
 public:
  using Cells = std::vector<std::optional<std::string>>;

  explicit FakeSource(Steps& steps) : steps_(steps) {}

  std::vector<std::string> columns{"Fecha",          "Upc",         "IdProveedor",
                                   "IdDepartamento", "IdCategoria", "IdSubcategoria",
                                   "Unidades",       "VentaTotal",  "CostoTotal"};
  std::map<Date, std::vector<Cells>> days;
  std::optional<SourceTotals> audited;  ///< instead of the sum of the rows
  bool may_move = false;
  unsigned snapshots = 0;              ///< taken so far
  unsigned refusals = 0;               ///< so many of the next cannot show the day
  unsigned kept = 0;                   ///< times that what procedures wrote was kept
  std::function<void()> before_audit;  ///< what else happens in the POS, before each

  void set_day(Date date, const std::vector<SalesRow>& rows) {
    const std::scoped_lock lock(mutex_);
    auto& cells = days[date];
    cells.clear();
    for (const auto& r : rows)
      cells.push_back({to_string(date), r.key.upc, std::to_string(r.key.proveedor),
                       std::to_string(r.key.departamento), std::to_string(r.key.categoria),
                       std::to_string(r.key.subcategoria), r.unidades.to_string(),
                       r.venta.to_string(), r.costo.to_string()});
  }

  std::unique_ptr<SourceSnapshot> snapshot() override {
    steps_.step();
    {
      const std::scoped_lock lock(mutex_);
      ++snapshots;
    }
    return std::make_unique<Snapshot>(*this);
  }

  std::atomic<std::uint64_t> running = 1;
  std::uint64_t threads_running() override { return running; }

 private:
  class Snapshot : public SourceSnapshot {
   public:
    explicit Snapshot(FakeSource& source) : source_(source) {}

    bool may_move() const override { return source_.may_move; }
    void keep_written() override { source_.count_kept(); }

    void read_sales(Date date, SalesVisitor& visitor) override {
      source_.steps_.step();
      source_.refuse_once();
      visitor.columns(source_.columns);
      for (const auto& cells : source_.day(date)) {
        std::vector<SalesVisitor::Cell> views(cells.begin(), cells.end());
        visitor.row(views);
      }
      source_.steps_.step();  // the link may break after the last row, too
    }

    SourceTotals audit(Date date) override {
      source_.steps_.step();
      if (source_.before_audit) source_.before_audit();
      if (source_.audited && !source_.day(date).empty()) return *source_.audited;
      SourceTotals totals;
      for (const auto& cells : source_.day(date)) {
        totals.unidades += Decimal::parse_rounding(cells[6].value_or("0")).value;
        totals.venta += Decimal::parse_rounding(cells[7].value_or("0")).value;
        totals.costo += Decimal::parse_rounding(cells[8].value_or("0")).value;
      }
      return totals;
    }

   private:
    FakeSource& source_;
  };

  void count_kept() {
    const std::scoped_lock lock(mutex_);
    ++kept;
  }

  void refuse_once() {
    const std::scoped_lock lock(mutex_);
    if (refusals == 0) return;
    --refusals;
    throw SnapshotRefused({ErrorClass::transient, ErrorCause::server, "read-only", 1792});
  }

  std::vector<Cells> day(Date date) {
    const std::scoped_lock lock(mutex_);
    return days[date];
  }

  Steps& steps_;
  std::mutex mutex_;  // tests sell while a worker reads
};

/// An aggregate database in memory, with transactions: nothing is seen before commit.
class FakeTarget : public Target {
 public:
  struct Day {
    std::map<SalesKey, SalesRow> rows;
    std::optional<DayTotals> ledger;
    std::chrono::system_clock::time_point verified{};
    std::uint32_t revision = 0;         ///< of the ledger
    std::optional<DayTotals> most{};    ///< before its last changes
    std::optional<DayTotals> forged{};  ///< what the rows are made to add up to
    std::chrono::system_clock::time_point last_sync{};
  };

  FakeTarget(std::string name, Steps& steps) : name_(std::move(name)), steps_(steps) {}

  std::map<Date, Day> days;
  bool lose_answer_to_commit = false;  ///< the next COMMIT works, but its answer never arrives
  std::function<void(Day&)> sabotage;  ///< changes what a transaction has written, before the audit
  std::atomic<unsigned> refusals = 0;
  int transactions = 0;
  int clears = 0;
  int reads = 0;  ///< of whole days
  int sealings = 0;
  std::size_t fetched = 0;  ///< rows of single buckets

  const std::string& name() const override { return name_; }

  DayState state(Date date) override {
    steps_.step();
    return state_of(date, held(date));
  }

  std::vector<SalesRow> rows(Date date) override {
    steps_.step();
    ++reads;
    return list(held(date));
  }

  std::vector<SalesRow> rows(Date date, const BucketSet& buckets) override {
    steps_.step();
    auto all = list(held(date));
    std::erase_if(all, [&](const SalesRow& r) { return !buckets[bucket_of(r.key.upc)]; });
    fetched += all.size();
    return all;
  }

  Seals seals(Date date) override {
    steps_.step();
    ++sealings;
    return seals_of(list(held(date)), branch_id, date);
  }

  std::vector<LedgerDay> ledger(const DateRange& range) override {
    steps_.step();
    return ledger_of(range);
  }
  std::vector<LedgerDay> ledger_of(const DateRange& range) const {
    std::vector<LedgerDay> listed;
    for (const auto& [date, day] : all())
      if (day.ledger && range.contains(date)) {
        LedgerDay entry{date, *day.ledger, day.verified};
        entry.revision = day.revision;
        entry.last_sync = day.last_sync;
        listed.push_back(entry);
      }
    return listed;
  }

  std::vector<Date> least_verified(const DateRange& range, unsigned count) override {
    steps_.step();
    std::vector<std::pair<std::chrono::system_clock::time_point, Date>> order;
    for (const auto& [date, day] : all())
      if (day.ledger && range.contains(date)) order.emplace_back(day.verified, date);
    std::sort(order.begin(), order.end());
    std::vector<Date> chosen;
    for (const auto& [verified, date] : order)
      if (chosen.size() < count) chosen.push_back(date);
    return chosen;
  }

  std::optional<std::string> beat(const Heartbeat& heartbeat) override {
    steps_.step();
    if (before_beat) before_beat();
    {
      const std::scoped_lock lock(mutex_);
      if (!owner.empty()) refuse_other(sender);
      last_beat = heartbeat;
    }
    return ledger_mark(ledger_of({heartbeat.marked_from, parse_date("9999-12-31")}),
                       heartbeat.marked_from, std::chrono::system_clock::now());
  }

  /// The last heartbeat's, also while a worker sends one; empty: there was none.
  std::string told_health() const {
    const std::scoped_lock lock(mutex_);
    return last_beat ? last_beat->salud : std::string();
  }

  /// What is committed, also while a worker commits.
  Day held(Date date) const {
    const std::scoped_lock lock(mutex_);
    const auto found = days.find(date);
    return found == days.end() ? Day{} : found->second;
  }
  std::map<Date, Day> all() const {
    const std::scoped_lock lock(mutex_);
    return days;
  }

  std::optional<Heartbeat> last_beat;
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;

  /// From now on writing a day, or `only` this one, fails; reading works.
  void refuse_writing(const Error& error, std::optional<Date> only = std::nullopt) {
    const std::scoped_lock lock(mutex_);
    refused_ = error;
    refused_day_ = only;
  }
  void accept_writing() {
    const std::scoped_lock lock(mutex_);
    refused_.reset();
  }

  std::unique_ptr<TargetTransaction> begin(const Permit& permit, const ChangeNote& note) override {
    steps_.step();
    ++transactions;
    if (before_transaction) before_transaction();
    return std::make_unique<Unit>(*this, permit, note);
  }

  ChangeNote last_note;           ///< of the last transaction that was committed
  std::vector<ChangeNote> notes;  ///< of each of its steps
  std::vector<Permit> permits;
  std::function<void()> before_transaction;  ///< somebody else is faster
  std::function<void()> before_beat;

  void claim(const Machine& machine, bool take_over) override {
    steps_.step();
    const std::scoped_lock lock(mutex_);
    sender = machine;
    if (owner.empty() || take_over) owner = machine.id;
    refuse_other(machine);
  }
  void check_claim(const Machine& machine) override {
    steps_.step();
    const std::scoped_lock lock(mutex_);
    if (!owner.empty()) refuse_other(machine);
  }
  std::string owner;  ///< the mark of a machine
  Machine sender;     ///< of the heartbeats: who has claimed it

  static std::vector<SalesRow> list(const Day& day) {
    std::vector<SalesRow> all;
    for (const auto& [key, r] : day.rows) all.push_back(r);
    return all;
  }

  static DayState state_of(Date date, const Day& day) {
    return {day.forged ? *day.forged : totals_of(list(day), branch_id, date), day.ledger,
            day.ledger ? day.revision : 0, day.most,
            day.ledger ? std::optional(day.verified) : std::nullopt};
  }

 private:
  class Unit : public TargetTransaction {
   public:
    Unit(FakeTarget& target, const Permit& permit, ChangeNote note)
        : target_(target), days_(target.all()) {
      take(permit, std::move(note));
    }

    void upsert(Date date, std::span<const SalesRow* const> rows) override {
      target_.steps_.step();
      for (const auto* r : rows) days_[date].rows[r->key] = *r;
    }
    void remove(Date date, std::span<const SalesRow* const> rows) override {
      target_.steps_.step();
      for (const auto* r : rows) days_[date].rows.erase(r->key);
    }
    void clear(Date date) override {
      target_.steps_.step();
      ++target_.clears;
      Day& day = days_[date];
      day.rows.clear();
      if (!day.ledger || *day.ledger == DayTotals{}) return;
      day.ledger = DayTotals{};
      ++day.revision;
    }
    DayState record(Date date, const DayTotals& totals) override {
      target_.steps_.step();
      target_.refuse(date);
      if (!permits_.back().covers(date, totals)) throw std::logic_error("no permit for this");
      Day& day = days_[date];
      if (target_.sabotage) target_.sabotage(day);
      if (state_of(date, day).actual != totals) return state_of(date, day);
      if (!day.ledger) day.revision = 0;
      if (!day.ledger || day.ledger->huella != totals.huella) ++day.revision;
      day.ledger = totals;
      day.verified = target_.now();
      return state_of(date, day);
    }
    void go_on(const Permit& permit, const ChangeNote& note) override {
      target_.steps_.step();
      take(permit, note);
    }
    void commit() override {
      target_.steps_.step();
      {
        const std::scoped_lock lock(target_.mutex_);
        target_.days = days_;
        target_.last_note = notes_.back();
        target_.notes = notes_;
        target_.permits = permits_;
      }
      if (std::exchange(target_.lose_answer_to_commit, false))
        throw Error(ErrorClass::in_doubt, ErrorCause::link, "lost in COMMIT");
    }

   private:
    void take(const Permit& permit, ChangeNote note) {
      permits_.push_back(permit);
      notes_.push_back(std::move(note));
    }

    FakeTarget& target_;
    std::map<Date, Day> days_;
    std::vector<Permit> permits_;
    std::vector<ChangeNote> notes_;
  };

  void refuse_other(const Machine& machine) const {
    if (owner != machine.id)
      throw OtherMachine(ErrorClass::permanent, ErrorCause::configuration,
                         name_ + ": another machine writes this branch");
  }

  void refuse(Date date) {
    const std::scoped_lock lock(mutex_);
    if (!refused_ || (refused_day_ && *refused_day_ != date)) return;
    ++refusals;
    throw Error(*refused_);
  }

  std::string name_;
  Steps& steps_;
  std::optional<Error> refused_;
  std::optional<Date> refused_day_;
  mutable std::mutex mutex_;  // tests look while a worker writes
};

}  // namespace consolidador::test
