// report_test.cpp: a report as data and as text.
#include "figures/report.hpp"

#include <gtest/gtest.h>

namespace atelier {
namespace {

Report small() {
  const Figure curves{
      .figure = "curves", .kind = "curves", .title = "89.5 %", .caption = "a run", .words = {"It ends."}};
  return {.title = "A sweep",
          .lead = {"The best reaches 89.5 %."},
          .facts = {{"data", "fashion | mnist"}},
          .sections = {{.id = "best",
                        .title = "The best",
                        .blocks = {Paragraph{"See `atelier runs`."}, curves, BulletList{{"one", "two"}},
                                   ReportTable{{"trial", "accuracy"}, {{"1", "0.8"}, {"2", "0.9\n±"}}},
                                   Listing{"sh", "atelier sweep s.yaml"}, curves}}}};
}

TEST(Report, AsMarkdownHasAllItsBlocksInOrder) {
  EXPECT_EQ(to_markdown(small()),
            "# A sweep\n\nThe best reaches 89.5 %.\n\n| | |\n|---|---|\n| data | fashion \\| mnist |\n\n"
            "## The best\n\nSee `atelier runs`.\n\n**89.5 %** a run\n\n![89.5 %](best-curves.svg)\n\nIt ends.\n\n"
            "- one\n- two\n\n| trial | accuracy |\n|---|---|\n| 1 | 0.8 |\n| 2 | 0.9 ± |\n\n"
            "```sh\natelier sweep s.yaml\n```\n\n**89.5 %** a run\n\n![89.5 %](best-curves-2.svg)\n\nIt ends.\n\n");
}

TEST(Report, PicturesHaveNamesOfTheirOwn) {
  EXPECT_EQ(picture_names(small().sections[0]), (std::vector<std::string>{"best-curves", "best-curves-2"}));
}

TEST(Report, AsJsonNamesEachBlock) {
  const auto json = to_json(small());
  EXPECT_EQ(json["lead"][0], "The best reaches 89.5 %.");
  EXPECT_EQ(json["facts"][0][1], "fashion | mnist");
  const auto& blocks = json["sections"][0]["blocks"];
  std::vector<std::string> kinds;
  for (const auto& block : blocks) kinds.push_back(block["block"]);
  EXPECT_EQ(kinds, (std::vector<std::string>{"paragraph", "figure", "list", "table", "listing", "figure"}));
  EXPECT_EQ(blocks[1]["figure"]["kind"], "curves");
  EXPECT_EQ(blocks[3]["shown"], 20);
}

}  // namespace
}  // namespace atelier
