// report_page_test.cpp: a report within the page.
#include "page/report_page.hpp"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(ReportPage, HoldsTheReportAndItsTitle) {
  const std::string page = report_page("A & B", R"({"title":"A & B"})");
  EXPECT_NE(page.find("<title>A &amp; B</title>"), page.npos);
  EXPECT_NE(page.find(R"(id="atelier-report">{"title":"A & B"}</script>)"), page.npos);
  EXPECT_EQ(page.find("src=\"/"), page.npos) << "something would be fetched";
}

TEST(ReportPage, NoTextEndsItsScript) {
  const std::string page = report_page("</title><script>", R"({"title":"</script><img src=x onerror=alert(1)>"})");
  EXPECT_EQ(page.find("</script><img"), page.npos);
  EXPECT_EQ(page.find("</title><script>"), page.npos);
  EXPECT_NE(page.find("\\u003c/script>\\u003cimg"), page.npos);
}

}  // namespace
}  // namespace atelier
