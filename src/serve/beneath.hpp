// beneath.hpp: files opened below a folder, and nowhere else.
#pragma once
#include <filesystem>
#include <string_view>

#include "base/files.hpp"

namespace atelier {

/// Opens a regular file for reading by its path below `folder`. No "..", no absolute path and no symbolic link on the
/// way leads out: any of these, or what is no regular file, is an Error of kind Trouble::file.
Result<OpenFile> open_beneath(const std::filesystem::path& folder, std::string_view path);

/// Bytes [from, from + most) of an open file; fewer at its end.
Result<std::string> read_at(const OpenFile& file, std::uint64_t from, std::size_t most);

}  // namespace atelier
