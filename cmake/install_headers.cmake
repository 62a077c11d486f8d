# Installs the public headers of the rooms, looked for when the installation runs; a header in a detail/ folder goes
# along only when an installed header includes it. Takes source_dir and include_dir (relative to the prefix).
cmake_policy(VERSION 3.25)
file(GLOB_RECURSE headers RELATIVE ${source_dir} ${source_dir}/*.hpp)
list(FILTER headers EXCLUDE REGEX "/detail/")

set(open ${headers})
while(open)
  list(POP_FRONT open header)
  file(STRINGS ${source_dir}/${header} includes REGEX "^[ \t]*#[ \t]*include[ \t]*\"[^\"]*/detail/")
  foreach(line IN LISTS includes)
    string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*" "\\1" included "${line}")
    if(NOT included IN_LIST headers)
      list(APPEND headers ${included})
      list(APPEND open ${included})
    endif()
  endforeach()
endwhile()

foreach(header IN LISTS headers)
  get_filename_component(folder ${header} DIRECTORY)
  file(INSTALL ${source_dir}/${header} DESTINATION ${CMAKE_INSTALL_PREFIX}/${include_dir}/${folder})
endforeach()
