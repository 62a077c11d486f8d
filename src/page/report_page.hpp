// report_page.hpp: a report as one file for any browser.
#pragma once
#include <string>
#include <string_view>

namespace atelier {

/// The page that reads reports with this report in it (the JSON of docs/formats/figures.md): one HTML file that needs no
/// other and fetches nothing. `title` names it where no script runs.
std::string report_page(std::string_view title, std::string_view report);

}  // namespace atelier
