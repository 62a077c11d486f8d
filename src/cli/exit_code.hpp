// exit_code.hpp: what the program's exit code says; docs/reference/exit-codes.md tells it to people.
#pragma once
#include "base/error.hpp"

namespace atelier::cli {

inline constexpr int kFine = 0, kInternal = 1;

/// The exit code of an error.
constexpr int exit_code(Trouble kind) {
  switch (kind) {
    case Trouble::usage: return 2;
    case Trouble::data: return 3;
    case Trouble::file: return 4;
    case Trouble::model: return 5;
    case Trouble::diverged: return 6;
    case Trouble::interrupted: return 130;
  }
  return kInternal;
}

}  // namespace atelier::cli
