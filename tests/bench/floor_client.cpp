// SPDX-License-Identifier: MIT
// The yardstick: the same days with the same statements over bare libmariadb, without validation,
// ledger, audit or retry. What it takes is what the servers and the wire take.
//   floor_client arrays|rows SQL_FOLDER BRANCH FIRST DAYS PARALLEL POS LOCAL VPS
// POS, LOCAL, VPS: USER:PASSWORD@PORT/DATABASE on 127.0.0.1. `rows`: one row a round trip.
#include <mysql.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t amounts = 3;
constexpr std::size_t dimensions = 4;

struct Place {
  std::string user, password, database;
  unsigned port;
};

Place parse_place(const std::string& text) {
  const auto colon = text.find(':');
  const auto at = text.rfind('@');
  const auto slash = text.rfind('/');
  return {text.substr(0, colon), text.substr(colon + 1, at - colon - 1), text.substr(slash + 1),
          static_cast<unsigned>(std::stoul(text.substr(at + 1, slash - at - 1)))};
}

/// Statement files start with comments, which array binding does not mind.
std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Session {
 public:
  explicit Session(const Place& place) : handle_(mysql_init(nullptr)) {
    mysql_options(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const char* name = place.database.c_str();
    check(mysql_real_connect(handle_, "127.0.0.1", place.user.c_str(), place.password.c_str(), name,
                             place.port, nullptr, CLIENT_MULTI_RESULTS) == nullptr);
    execute("SET autocommit = 0, tx_isolation = 'READ-COMMITTED', @consolidador_memoria = 1");
  }
  ~Session() { mysql_close(handle_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void execute(const std::string& sql) { check(mysql_query(handle_, sql.c_str()) != 0); }
  MYSQL* handle() const { return handle_; }

  void check(bool failed) const {
    if (failed) throw std::runtime_error(mysql_error(handle_));
  }

 private:
  MYSQL* handle_;
};

/// One day by columns, as array binding wants it.
struct Day {
  std::string date;
  std::vector<std::string> texts;  // Upc and the amounts, row after row
  std::array<std::vector<int>, dimensions> numbers;

  std::size_t size() const { return numbers[0].size(); }
};

Day extract(Session& pos, const std::string& date) {
  Day day{date, {}, {}};
  pos.execute("CALL sp_select_ventas_diarias('" + date + "')");
  MYSQL_RES* result = mysql_use_result(pos.handle());
  pos.check(result == nullptr);
  while (MYSQL_ROW row = mysql_fetch_row(result)) {
    day.texts.emplace_back(row[1]);
    for (std::size_t i = 0; i < dimensions; ++i) day.numbers[i].push_back(std::atoi(row[2 + i]));
    for (std::size_t i = 0; i < amounts; ++i) day.texts.emplace_back(row[6 + i]);
  }
  mysql_free_result(result);
  while (mysql_next_result(pos.handle()) == 0) {
  }
  return day;
}

class Upsert {
 public:
  Upsert(Session& session, const std::string& sql, int branch)
      : session_(session), branch_(branch), handle_(mysql_stmt_init(session.handle())) {
    check(mysql_stmt_prepare(handle_, sql.c_str(), sql.size()));
  }
  ~Upsert() { mysql_stmt_close(handle_); }
  Upsert(const Upsert&) = delete;
  Upsert& operator=(const Upsert&) = delete;

  void write(const Day& day, std::size_t rows_a_trip) {
    for (std::size_t first = 0; first < day.size(); first += rows_a_trip)
      send(day, first, std::min(rows_a_trip, day.size() - first));
    session_.execute("COMMIT");
  }

 private:
  void send(const Day& day, std::size_t first, std::size_t count) {
    std::vector<int> branches(count, branch_);
    std::array<std::vector<const char*>, 2 + amounts> texts;
    std::array<std::vector<unsigned long>, 2 + amounts> lengths;
    for (std::size_t row = first; row < first + count; ++row) {
      texts[0].push_back(day.date.c_str());
      lengths[0].push_back(day.date.size());
      for (std::size_t i = 0; i <= amounts; ++i) {
        const auto& text = day.texts[row * (1 + amounts) + i];
        texts[1 + i].push_back(text.c_str());
        lengths[1 + i].push_back(text.size());
      }
    }
    std::array<MYSQL_BIND, 3 + dimensions + amounts> binds{};
    binds[0].buffer_type = MYSQL_TYPE_LONG;
    binds[0].buffer = branches.data();
    const auto text_bind = [&](std::size_t bind, std::size_t text) {
      binds[bind].buffer_type = MYSQL_TYPE_STRING;
      binds[bind].buffer = texts[text].data();
      binds[bind].length = lengths[text].data();
    };
    text_bind(1, 0);
    text_bind(2, 1);
    for (std::size_t i = 0; i < dimensions; ++i) {
      binds[3 + i].buffer_type = MYSQL_TYPE_LONG;
      binds[3 + i].buffer = const_cast<int*>(&day.numbers[i][first]);
    }
    for (std::size_t i = 0; i < amounts; ++i) text_bind(3 + dimensions + i, 2 + i);
    const auto array_size = static_cast<unsigned>(count);
    mysql_stmt_attr_set(handle_, STMT_ATTR_ARRAY_SIZE, &array_size);
    check(mysql_stmt_bind_param(handle_, binds.data()));
    check(mysql_stmt_execute(handle_));
  }

  void check(int failed) const {
    if (failed != 0) throw std::runtime_error(mysql_stmt_error(handle_));
  }

  Session& session_;
  int branch_;
  MYSQL_STMT* handle_;
};

struct Work {
  std::size_t rows_a_trip;
  std::string upsert;
  int branch;
  std::vector<std::string> days;
  Place pos, local, vps;
};

void work_off(const Work& work, std::atomic<std::size_t>& next) {
  Session pos(work.pos), local(work.local), vps(work.vps);
  Upsert to_local(local, work.upsert, work.branch), to_vps(vps, work.upsert, work.branch);
  for (std::size_t i = next++; i < work.days.size(); i = next++) {
    const Day day = extract(pos, work.days[i]);
    to_local.write(day, work.rows_a_trip);
    to_vps.write(day, work.rows_a_trip);
  }
}

std::vector<std::string> days_from(const std::string& first, int count) {
  std::tm time{};
  strptime(first.c_str(), "%Y-%m-%d", &time);
  std::vector<std::string> days;
  for (int i = 0; i < count; ++i) {
    std::tm day = time;
    day.tm_mday += i;
    timegm(&day);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d", &day);
    days.emplace_back(text.data());
  }
  return days;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 10) throw std::runtime_error("wrong number of arguments");
  const bool arrays = std::strcmp(argv[1], "arrays") == 0;
  const Work work{arrays ? std::size_t{20'000} : 1,
                  read_file(std::string(argv[2]) + "/upsert_ventas.sql"),
                  std::atoi(argv[3]),
                  days_from(argv[4], std::atoi(argv[5])),
                  parse_place(argv[7]),
                  parse_place(argv[8]),
                  parse_place(argv[9])};
  mysql_library_init(0, nullptr, nullptr);
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::vector<std::jthread> threads;
  for (int i = 0; i < std::atoi(argv[6]); ++i)
    threads.emplace_back([&] {
      try {
        work_off(work, next);
      } catch (...) {
        failure = std::current_exception();
      }
    });
  threads.clear();
  if (failure) std::rethrow_exception(failure);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "floor_client: %s\n", error.what());
  return 1;
}
