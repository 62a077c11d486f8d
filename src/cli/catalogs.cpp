// catalogs.cpp: `atelier optimizers`, `layers` and so on print a catalog with its knobs.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cli/all_commands.hpp"
#include "figures/text.hpp"
#include "nn/catalog.hpp"
#include "optim/catalog.hpp"
#include "optim/schedule.hpp"

namespace atelier::cli {
namespace {

struct Listing {
  std::string_view name, summary;
  std::span<const CatalogEntry> (*entries)();
  std::string_view use;  ///< how an entry is asked for
};

constexpr std::array kListings = std::to_array<Listing>({
    {"optimizers", "the update rules and their knobs", optimizer_catalog,
     "atelier train --optimizer nadam --beta1 0.95"},
    {"schedules", "how a learning rate can change", schedule_catalog, "atelier train --schedule cosine --warmup 1"},
    {"layers", "the layers a network is made of", layer_catalog,
     "atelier train --layers 128,64 --norm batch --dropout 0.2"},
    {"activations", "the activation functions", activation_catalog, "atelier train --activation tanh"},
    {"losses", "what a training can minimise", loss_catalog, "atelier train --loss squared_error"},
    {"initialisers", "how weights can start", initialiser_catalog, "atelier train --init xavier_normal"},
});

const AnyRule* rule_named(const Listing& listing, std::string_view name) {
  if (listing.name != "optimizers") return nullptr;
  const auto rules = update_rules();
  const auto found = std::ranges::find(rules, name, &AnyRule::name);
  return found == rules.end() ? nullptr : &*found;
}

/// "learning rate 0.001 · beta1 0.9": what can be turned, with the values it has untouched.
std::string presets_of(const Listing& listing, const CatalogEntry& entry) {
  std::string text;
  if (const AnyRule* rule = rule_named(listing, entry.name)) {
    text = fmt::format("learning rate {}", rule->learning_rate());
    if (rule->decoupled_decay() > 0) text += fmt::format(" · decoupled decay {}", rule->decoupled_decay());
  }
  for (const KnobInfo& knob : entry.knobs)
    text += fmt::format("{}{} {}", text.empty() ? "" : " · ", knob.name, knob.preset);
  return text;
}

nlohmann::ordered_json json_of(const Listing& listing, const CatalogEntry& entry) {
  nlohmann::ordered_json json{{"name", entry.name}, {"summary", entry.summary}};
  if (const AnyRule* rule = rule_named(listing, entry.name)) {
    json["learning_rate"] = rule->learning_rate();
    json["decoupled_decay"] = rule->decoupled_decay();
  }
  json["knobs"] = nlohmann::ordered_json::array();
  for (const KnobInfo& knob : entry.knobs)
    json["knobs"].push_back({{"name", knob.name}, {"preset", knob.preset}, {"low", knob.low}, {"high", knob.high}});
  return json;
}

/// A name and what it is, then its presets on a line of their own.
std::string text_of(const Listing& listing, const Terminal& terminal) {
  int width = 0;
  for (const CatalogEntry& entry : listing.entries()) width = std::max(width, cells(entry.name));
  const std::string margin(static_cast<std::size_t>(width) + 2, ' ');
  const int room = std::max(30, terminal.width - width - 2);
  std::string text;
  for (const CatalogEntry& entry : listing.entries()) {
    text += inked(pad(entry.name, width), Ink::bold, terminal.colour) + "  ";
    const std::vector<std::string> lines = wrap(entry.summary, room);
    for (std::size_t i = 0; i < lines.size(); i++) text += (i ? margin : "") + lines[i] + "\n";
    for (const std::string& line : wrap(presets_of(listing, entry), room))
      if (!line.empty()) text += margin + inked(line, Ink::dim, terminal.colour) + "\n";
  }
  return text;
}

}  // namespace

Command catalog_command(std::string_view name) {
  const auto listing = std::ranges::find(kListings, name, &Listing::name);
  return {name, "Look up", "[--json]", listing->summary, {listing->use}, [listing] {
            auto json = std::make_shared<bool>(false);
            return Prepared{{{"--json", "", "one JSON object a line", json.get(), false}},
                            [listing, json](Console& console) -> Result<void> {
                              if (!*json) console.out << text_of(*listing, console.out_terminal);
                              for (const CatalogEntry& entry : listing->entries())
                                if (*json) console.out << json_of(*listing, entry).dump() << '\n';
                              return {};
                            }};
          }};
}

}  // namespace atelier::cli
