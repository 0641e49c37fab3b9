// SPDX-License-Identifier: MIT
#include "lib/store/endpoint.hpp"

#include "lib/store/machine.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

ConnectOptions connection(const Config& config, const Endpoint& endpoint, std::string name,
                          SessionKind kind, std::initializer_list<std::string_view> statements) {
  ConnectOptions options;
  static_cast<Endpoint&>(options) = endpoint;
  options.name = std::move(name);
  options.kind = kind;
  options.connect_timeout = config.timeouts.connect;
  options.read_timeout = config.timeouts.read;
  options.write_timeout = config.timeouts.write;
  options.statement_timeout = config.timeouts.statement;
  options.statements.assign(statements.begin(), statements.end());
  return options;
}

}  // namespace

ConnectOptions source_connection(const Config& config) {
  auto options = connection(config, config.operational, "operational", SessionKind::reader,
                            {statements::extraer_dia, statements::auditar_operativa});
  options.own_time_zone = true;
  return options;
}

ConnectOptions product_connection(const Config& config) {
  return connection(config, config.operational, "operational", SessionKind::reader,
                    {statements::describir_producto});
}

ConnectOptions target_connection(const Config& config, const Endpoint& endpoint, std::string name) {
  auto options =
      connection(config, endpoint, std::move(name), SessionKind::writer,
                 {statements::auditar_dia, statements::leer_dia, statements::sellar_dia,
                  statements::leer_cubetas, statements::leer_libro, statements::menos_verificados,
                  statements::upsert_ventas, statements::borrar_fila, statements::registrar_dia,
                  statements::vaciar_dia, statements::declarar_cambio, statements::cerrar_dia});
  options.newer_statements.emplace_back(statements::latido);
  options.variables.emplace_back("consolidador_maquina", this_machine().id);
  options.variables.emplace_back("consolidador_memoria", "1");
  return options;
}

ConnectOptions fleet_connection(const Endpoint& vps) {
  return connection(
      {}, vps, "vps", SessionKind::reader,
      {statements::flota_sucursales, statements::flota_dias, statements::flota_huecos});
}

PoolOptions pool_options(const Config& config) {
  PoolOptions options;
  options.size = config.pool.size;
  options.max_age = config.pool.max_age;
  options.acquire = config.pool.acquire;
  return options;
}

}  // namespace consolidador
