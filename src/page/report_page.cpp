// report_page.cpp: puts a report into the page that reads it.
#include "page/report_page.hpp"

extern "C" {
extern const char atelier_report_html[], atelier_report_html_end[];
}

namespace atelier {
namespace {

/// JSON within a script of HTML: no "<" that could end it; it stands in JSON's texts alone, where it has another name.
std::string in_script(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) c == '<' ? safe += "\\u003c" : safe += c;
  return safe;
}

std::string as_text(std::string_view words) {
  std::string safe;
  for (const char c : words) c == '<' ? safe += "&lt;" : c == '&' ? safe += "&amp;" : safe += c;
  return safe;
}

/// The page with what stands between two marks exchanged.
void exchange(std::string& page, std::string_view before, std::string_view after, std::string_view inner) {
  const std::size_t from = page.find(before) + before.size();
  page.replace(from, page.find(after, from) - from, inner);
}

}  // namespace

std::string report_page(std::string_view title, std::string_view report) {
  std::string page(atelier_report_html, atelier_report_html_end);
  exchange(page, "<title>", "</title>", as_text(title));
  exchange(page, "id=\"atelier-report\">", "</script>", in_script(report));
  return page;
}

}  // namespace atelier
