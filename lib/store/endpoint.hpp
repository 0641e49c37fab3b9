// SPDX-License-Identifier: MIT
#pragma once
#include "lib/config/config.hpp"
#include "lib/db/pool.hpp"

namespace consolidador {

/// How to connect to the POS, with the statements that PosSource needs prepared.
ConnectOptions source_connection(const Config& config);

/// The same for PosProducts, in a POS that has its procedure.
ConnectOptions product_connection(const Config& config);

/// How to connect to a target, `name` being `local` or `vps`, with AggregateTarget's statements.
ConnectOptions target_connection(const Config& config, const Endpoint& endpoint, std::string name);

/// How an analyst connects to head office's own schema, with what read_fleet() needs prepared.
ConnectOptions fleet_connection(const Endpoint& vps);

PoolOptions pool_options(const Config& config);

}  // namespace consolidador
