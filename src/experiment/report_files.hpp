// report_files.hpp: a report as files.
#pragma once
#include <filesystem>

#include "base/error.hpp"
#include "figures/report.hpp"

namespace atelier {

/// One HTML file that any browser reads, whole or not at all.
Result<void> write_report_page(const Report& report, const std::filesystem::path& file);

/// report.md and its pictures as SVG, into a folder.
Result<void> write_report_text(const Report& report, const std::filesystem::path& folder);

}  // namespace atelier
