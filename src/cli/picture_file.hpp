// picture_file.hpp: the name of a picture, looked at before the work is done.
#pragma once
#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace atelier::cli {

/// Whether a picture can be saved under this name; an empty one is none and fine.
inline Result<void> check_picture_file(const std::string& name) {
  const std::filesystem::path ending = std::filesystem::path(name).extension();
  if (name.empty() || ending == ".png" || ending == ".svg") return {};
  return fail(Trouble::usage, "a picture is saved as .png or .svg", "found " + name, "for example --png picture.png");
}

}  // namespace atelier::cli
