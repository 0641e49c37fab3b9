// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

/// The programs' statements; each is explained in sql/<name>.sql, from which it is generated.
namespace consolidador::statements {

extern const std::string_view auditar_dia;
extern const std::string_view auditar_operativa;
extern const std::string_view borrar_fila;
extern const std::string_view extraer_dia;
extern const std::string_view flota_dias;
extern const std::string_view flota_huecos;
extern const std::string_view flota_sucursales;
extern const std::string_view hilos_activos;
extern const std::string_view latido;
extern const std::string_view latido_anterior;
extern const std::string_view leer_dia;
extern const std::string_view leer_libro;
extern const std::string_view leer_marca;
extern const std::string_view marcar_maquina;
extern const std::string_view menos_verificados;
extern const std::string_view otras_sesiones;
extern const std::string_view registrar_dia;
extern const std::string_view revisar_columnas;
extern const std::string_view revisar_derechos;
extern const std::string_view revisar_procedimientos;
extern const std::string_view revisar_reloj;
extern const std::string_view revisar_servidor;
extern const std::string_view revisar_sesion;
extern const std::string_view revisar_tablas;
extern const std::string_view revisar_tablas_centrales;
extern const std::string_view revisar_tls;
extern const std::string_view upsert_ventas;
extern const std::string_view vaciar_dia;

}  // namespace consolidador::statements
