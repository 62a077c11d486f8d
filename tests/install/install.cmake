# Installs the build folder `build` into `prefix` and builds the programs of `consumer` against what lies there.
cmake_policy(VERSION 3.25)
file(REMOVE_RECURSE ${prefix} ${consumer})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${build} --prefix ${prefix} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

# What is installed must not lead back to this machine's folders, nor carry tests.
file(GLOB_RECURSE package_files ${prefix}/lib*/cmake/*.cmake)
foreach(file IN LISTS package_files)
  file(READ ${file} text)
  string(FIND "${text}" "${source}" found)
  if(NOT found EQUAL -1)
    message(FATAL_ERROR "${file} names the source folder ${source}")
  endif()
endforeach()
file(GLOB_RECURSE strays ${prefix}/*_test*)
if(strays OR NOT package_files)
  message(FATAL_ERROR "the installation holds tests, or no package files: ${strays}")
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${consumer} -G Ninja
                        -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_BUILD_TYPE=Release
                        -D EXAMPLES=${source}/examples COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${consumer} COMMAND_ERROR_IS_FATAL ANY)
