// report.hpp: a report: text, tables and figures in order.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "figures/figure.hpp"

namespace atelier {

/// Plain text; words between `backticks` are set as they are typed.
struct Paragraph {
  std::string text;
};

struct BulletList {
  std::vector<std::string> items = {};  ///< each as a Paragraph's text
};

struct ReportTable {
  std::vector<std::string> columns = {};
  std::vector<std::vector<std::string>> rows = {};  ///< of as many cells
  std::size_t shown = 20;                           ///< rows to begin with; the rest can be unfolded
};

/// A command to repeat something, or a file as it is.
struct Listing {
  std::string language = {};  ///< "sh", "yaml"
  std::string text = {};
};

using ReportBlock = std::variant<Paragraph, BulletList, ReportTable, Listing, Figure>;

struct ReportSection {
  std::string id = {};  ///< of a-z, 0-9 and -: its place in links, and the beginning of its pictures' names
  std::string title = {};
  std::vector<ReportBlock> blocks = {};
};

struct Report {
  std::string title = {};
  std::vector<std::string> lead = {};                           ///< the answer, in a few sentences
  std::vector<std::pair<std::string, std::string>> facts = {};  ///< what was run, on what, with what
  std::vector<ReportSection> sections = {};
};

/// As docs/formats/figures.md has it.
nlohmann::ordered_json to_json(const Report& report);

/// The names of a section's pictures in order, without an ending, each once: "question-1-samples".
std::vector<std::string> picture_names(const ReportSection& section);

/// The report for reading and printing as plain text; figures are links to their `picture_names` with ".svg".
std::string to_markdown(const Report& report);

}  // namespace atelier
