// known_sets.cpp: the data sets that Atelier knows by name.
#include "data/known_sets.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/files.hpp"

namespace atelier {
namespace {

constexpr std::array<std::string_view, 10> clothes = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                                      "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
constexpr std::array<std::string_view, 10> digits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
constexpr std::array<std::string_view, 2> fashion_folders = {"/usr/share/datasets/fashion-mnist",
                                                             "~/.keras/datasets/fashion-mnist"};
constexpr std::array<std::string_view, 1> mnist_folders = {"~/.keras/datasets/mnist"};

constexpr std::array<KnownSet, 2> catalog = {{
    {.name = "fashion_mnist",
     .summary = "Fashion-MNIST: 60,000 + 10,000 grey 28 x 28 pictures of clothes (Xiao et al. 2017, MIT licence)",
     .class_names = clothes,
     .sha256 = {{"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                 "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                 "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                 "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}},
     .folders = fashion_folders,
     .how_to_get = "`sudo apt install dataset-fashion-mnist`, or name a folder with the four IDX files by --data"},
    {.name = "mnist",
     .summary = "MNIST: 60,000 + 10,000 grey 28 x 28 pictures of digits (LeCun, Cortes, Burges; CC BY-SA 3.0)",
     .class_names = digits,
     .sha256 = {{"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                 "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                 "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                 "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}},
     .folders = mnist_folders,
     .how_to_get = "put the four IDX files there, or name their folder by --data"},
}};

bool same_word(std::string_view a, std::string_view b) {
  const auto fold = [](char c) {
    return c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  return std::ranges::equal(a, b, {}, fold, fold);
}

}  // namespace

std::span<const KnownSet> known_sets() { return catalog; }

const KnownSet* find_known_set(std::string_view name) {
  const auto found = std::ranges::find_if(catalog, [&](const KnownSet& set) { return same_word(set.name, name); });
  return found == catalog.end() ? nullptr : &*found;
}

const KnownSet* recognise(const PerPart<std::optional<Sha256Digest>>& checksums) {
  if (!checksums[Part::train_features] || !checksums[Part::train_targets]) return nullptr;
  const auto found = std::ranges::find_if(catalog, [&](const KnownSet& set) {
    return std::ranges::all_of(
        kParts, [&](Part part) { return !checksums[part] || to_hex(*checksums[part]) == set.sha256[part]; });
  });
  return found == catalog.end() ? nullptr : &*found;
}

std::vector<std::filesystem::path> folders_of(const KnownSet& set) {
  std::vector<std::filesystem::path> folders;
  const auto home = user_home();
  for (const std::string_view folder : set.folders) {
    if (!folder.starts_with("~/")) folders.emplace_back(folder);
    if (folder.starts_with("~/") && home) folders.push_back(*home / folder.substr(2));
  }
  return folders;
}

}  // namespace atelier
