# cmake --install, and find_package(atelier) for a consumer: the program, the static library and the headers of every
# room, the umbrella target atelier::atelier (all rooms but cli), and atelier_numeric_flags for rules of one's own.
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY ATELIER_ROOMS)
list(TRANSFORM rooms PREPEND atelier_ OUTPUT_VARIABLE libraries)

add_library(atelier_umbrella INTERFACE)
add_library(atelier::atelier ALIAS atelier_umbrella)
set_target_properties(atelier_umbrella PROPERTIES EXPORT_NAME atelier)
set(gathered ${libraries})
list(REMOVE_ITEM gathered atelier_cli)
target_link_libraries(atelier_umbrella INTERFACE ${gathered})

install(TARGETS atelier RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS atelier_umbrella ${libraries} EXPORT atelier ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(CODE "set(source_dir \"${CMAKE_SOURCE_DIR}/src\")
set(include_dir \"${CMAKE_INSTALL_INCLUDEDIR}/atelier\")")
install(SCRIPT cmake/install_headers.cmake)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/atelier)
configure_package_config_file(cmake/atelierConfig.cmake.in ${CMAKE_BINARY_DIR}/package/atelierConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/atelierConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(EXPORT atelier FILE atelierTargets.cmake NAMESPACE atelier:: DESTINATION ${package_dir})
install(FILES ${CMAKE_BINARY_DIR}/package/atelierConfig.cmake ${CMAKE_BINARY_DIR}/package/atelierConfigVersion.cmake
              cmake/AtelierRules.cmake
        DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
