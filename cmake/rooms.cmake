# What every room, test and program is built with.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers alone
find_package(PkgConfig REQUIRED)
pkg_check_modules(hwy REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(chafa REQUIRED IMPORTED_TARGET chafa)
pkg_check_modules(rsvg REQUIRED IMPORTED_TARGET librsvg-2.0)
pkg_check_modules(duktape REQUIRED IMPORTED_TARGET duktape)

include(GNUInstallDirs)
include(${CMAKE_CURRENT_LIST_DIR}/AtelierRules.cmake)

# Warnings for our own code.
function(atelier_flags target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                            -Wno-restrict)  # g++ 12 sees overlaps in std::string that are not there
  if(ATELIER_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# atelier_room(NAME [ROOMS other rooms] [LIBS public libraries] [PRIVATE_LIBS libraries])
# One static library from src/NAME, and one test program from its *_test.cpp.
function(atelier_room name)
  cmake_parse_arguments(ARG "" "" "ROOMS;LIBS;PRIVATE_LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(library atelier_${name})
  add_library(${library} STATIC ${sources})
  add_library(atelier::${name} ALIAS ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${library} PUBLIC cxx_std_23)
  target_include_directories(${library} PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>
                                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/atelier>)
  list(TRANSFORM ARG_ROOMS PREPEND atelier_)
  target_link_libraries(${library} PUBLIC ${ARG_ROOMS} ${ARG_LIBS} PRIVATE ${ARG_PRIVATE_LIBS})
  atelier_flags(${library})
  atelier_numeric_flags(${library})
  target_compile_options(${library} PUBLIC $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>)  # rules live in headers
  set_property(GLOBAL APPEND PROPERTY ATELIER_ROOMS ${name})
  if(ATELIER_TESTS AND tests)
    set_property(GLOBAL APPEND PROPERTY ATELIER_TESTED_ROOMS ${name})
    set_property(GLOBAL PROPERTY ATELIER_TESTS_${name} ${tests})
  endif()
endfunction()
