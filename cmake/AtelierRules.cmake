# atelier_numeric_flags(TARGET): the flags under which Atelier's arithmetic gives the same bits on every
# instruction set: vectorised, no reassociation, no contraction that the source does not spell out.
# Installed with the library, for programs that define update rules of their own.
function(atelier_numeric_flags target)
  target_compile_options(${target} PRIVATE -fno-math-errno -fno-trapping-math -ffp-contract=off
                                           $<$<NOT:$<CONFIG:Debug>>:-O3>)
endfunction()
