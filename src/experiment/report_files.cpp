// report_files.cpp: a report as a page, and as text with pictures.
#include "experiment/report_files.hpp"

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "figures/renderer.hpp"
#include "page/report_page.hpp"

namespace atelier {

Result<void> write_report_page(const Report& report, const std::filesystem::path& file) {
  const std::string json = to_json(report).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return write_file_atomically(file, report_page(report.title, json));
}

Result<void> write_report_text(const Report& report, const std::filesystem::path& folder) {
  auto renderer = Renderer::create();
  if (!renderer) return pass_on(renderer);
  for (const ReportSection& section : report.sections) {
    const std::vector<std::string> names = picture_names(section);
    std::size_t at = 0;
    for (const ReportBlock& block : section.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (!figure) continue;
      const auto picture = renderer->draw(*figure);
      if (!picture) return pass_on(picture);
      if (auto saved = save(*picture, folder / (names[at++] + ".svg")); !saved) return saved;
    }
  }
  return write_file_atomically(folder / "report.md", to_markdown(report));
}

}  // namespace atelier
