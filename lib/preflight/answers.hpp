// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/db/connection.hpp"
#include "lib/db/statement.hpp"

namespace consolidador::preflight {

using Row = std::vector<std::string>;  ///< NULL reads as nothing
using Variables = std::map<std::string, std::string, std::less<>>;

/// All rows of a question.
std::vector<Row> ask(Connection& connection, std::string_view sql,
                     std::initializer_list<Value> parameters = {});

/// The same of one that answers names and values; names in small letters, as both kinds of server
/// may write them.
Variables ask_variables(Connection& connection, std::string_view sql);

/// The value, or nothing.
std::string value_of(const Variables& variables, std::string_view name);

}  // namespace consolidador::preflight
