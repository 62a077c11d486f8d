# What of web/ goes into the program: built once for all presets, and embedded as it is.
#
# tools/build_web leaves build/web/static.js (figures for the interpreter), build/web/app/ (the page) and
# build/web/report.html (the reader of reports); it needs
# Node.js 18 or newer. Nothing of it is needed where the program runs.
enable_language(ASM)

set(ATELIER_WEB ${CMAKE_SOURCE_DIR}/build/web)
file(GLOB web_settings CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/*.js* ${CMAKE_SOURCE_DIR}/web/*.ts
     ${CMAKE_SOURCE_DIR}/web/*.html)
file(GLOB_RECURSE web_figures CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/src/figures/*)
file(GLOB web_static CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/src/*.ts)
file(GLOB_RECURSE web_app CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/public/*)
add_custom_command(OUTPUT ${ATELIER_WEB}/static.js
                   COMMAND ${CMAKE_SOURCE_DIR}/tools/build_web static
                   DEPENDS ${web_settings} ${web_figures} ${web_static}
                           ${CMAKE_SOURCE_DIR}/tools/build_web
                   COMMENT "Building the figures of web/" VERBATIM)

# The page's files in one.
set(ATELIER_APP_PACK ${CMAKE_BINARY_DIR}/embedded/app.pack)
add_custom_command(OUTPUT ${ATELIER_APP_PACK}
                   COMMAND ${CMAKE_SOURCE_DIR}/tools/build_web app
                   COMMAND ${CMAKE_SOURCE_DIR}/tools/pack_page ${ATELIER_WEB}/app ${ATELIER_APP_PACK}
                   DEPENDS ${web_settings} ${web_app} ${CMAKE_SOURCE_DIR}/tools/build_web
                           ${CMAKE_SOURCE_DIR}/tools/pack_page
                   COMMENT "Building the page of web/" VERBATIM)

add_custom_command(OUTPUT ${ATELIER_WEB}/report.html
                   COMMAND ${CMAKE_SOURCE_DIR}/tools/build_web report
                   DEPENDS ${web_settings} ${web_app} ${CMAKE_SOURCE_DIR}/tools/build_web
                   COMMENT "Building the reports of web/" VERBATIM)

# atelier_embed(TARGET SYMBOL FILE): FILE's bytes as `extern "C" const char SYMBOL[], SYMBOL_end[]` in TARGET.
function(atelier_embed target symbol file)
  set(source ${CMAKE_BINARY_DIR}/embedded/${symbol}.S)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
.section .rodata
.balign 16
.global @symbol@
.global @symbol@_end
@symbol@:
.incbin "@file@"
@symbol@_end:
.byte 0
.section .note.GNU-stack,"",%progbits
]])
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
