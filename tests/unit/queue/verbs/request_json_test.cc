#include "libregistry/queue/verbs/request_json.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "libregistry/queue/records/batch_file.h"
#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

// docs/requests.md

Json json_of(std::string_view text) { return std::get<Json>(parse_json(text)); }

std::string fault_of(std::string_view text) {
  const Result<Request> request = request_from_json(json_of(text));
  return request ? "accepted" : request.error().message;
}

/// One request of each verb in which every member differs from its default.
std::vector<Request> full_requests() {
  const Target target{"003", {"a.example", "b.example"}};
  const Caller caller{17, "anna", true, "because"};
  ClaimRequest claim;
  claim.phase = Phase::kDesign;
  claim.owner = "anna";
  claim.named_owner = true;
  claim.token = 17;
  claim.batch = "003";
  claim.lease = std::chrono::seconds(90);
  claim.process = ProcessRef{42, 7, "boot", "pid:[1]"};
  claim.may_lock = false;
  claim.through_lock = true;
  claim.only_again = true;
  ClaimRequest of_start = claim;
  of_start.batch.reset();
  of_start.begins = true;
  return {
      {claim, {}},
      {StartRequest{of_start, target}, {}},
      {BeginRequest{Phase::kDesign, target}, caller},
      {CompleteRequest{Phase::kDesign, target, true}, caller},
      {ReleaseRequest{Phase::kDesign, target, std::chrono::seconds(60), false}, caller},
      {RenewRequest{Phase::kDesign, target, Renewal::kCheckAndRenew}, caller},
      {LockRequest{"003"}, caller},
      {FinishRequest{target}, caller},
      {BuryRequest{target}, caller},
      {KickRequest{target}, caller},
      {ReopenRequest{target}, caller},
      {ReapRequest{Phase::kDesign, "003", true}, caller},
      {RegisterRequest{{{"a.example", "A", "words", "dark"}}}, caller},
      {BatchRequest{4, {"a.example"}}, caller},
  };
}

TEST(RequestJson, ComesBackAsItWasForEveryVerb) {
  std::set<std::string> verbs;
  for (const Request& request : full_requests()) {
    const Json json = to_json(request);
    verbs.insert(*json.find("verb")->string());
    const Result<Request> read = request_from_json(json_of(json.dump()));
    ASSERT_TRUE(read) << json.dump() << ": " << read.error().message;
    EXPECT_EQ(to_json(*read).dump(), json.dump());
    EXPECT_EQ(read->verb.index(), request.verb.index());
  }
  EXPECT_EQ(verbs, (std::set<std::string>(verb_names().begin(), verb_names().end())));
}

TEST(RequestJson, WritesEveryMemberThatItsSchemaHas) {
  for (const Request& request : full_requests()) {
    const Json json = to_json(request);
    const Json schema = request_schema(*json.find("verb")->string());
    for (const auto& [name, member] : *schema.find("properties")->object()) {
      EXPECT_NE(json.find(name), nullptr) << json.dump() << " lacks " << name;
    }
    for (const auto& [name, value] : *json.object()) {
      EXPECT_NE(schema.find("properties")->find(name), nullptr) << name;
    }
  }
}

TEST(RequestJson, LeavesOutWhatHasItsDefault) {
  EXPECT_EQ(to_json({LockRequest{}, {}}).dump(), R"({"version":1,"verb":"lock"})");
  EXPECT_EQ(to_json({CompleteRequest{Phase::kImplement, {"003", {}}}, {17, {}, false, {}}}).dump(),
            R"({"version":1,"verb":"complete","phase":"implement","batch":"003","token":17})");
}

TEST(RequestJson, NamesWhatIsWrong) {
  EXPECT_THAT(fault_of("[]"), HasSubstr("it must be a JSON object"));
  EXPECT_THAT(fault_of(R"({"verb":"lock"})"), HasSubstr("'version' must be 1"));
  EXPECT_THAT(fault_of(R"({"version":2,"verb":"lock"})"), HasSubstr("'version' must be 1, not 2"));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"unlock"})"), HasSubstr("'verb' must be one of claim, start, "));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"lock","bach":"3"})"),
              HasSubstr("'bach' is not a member of it; did you mean 'batch'?"));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"lock","batch":3})"), HasSubstr("'batch' must be a text, not 3"));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"begin","batch":"3"})"), HasSubstr("'phase' is lacking"));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"complete","phase":"drawing"})"),
              HasSubstr("'phase' must be design or implement, not \"drawing\""));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"release","token":-1})"), HasSubstr("'token' must be a whole number"));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"bury","domains":["a",1]})"),
              HasSubstr("'domains' must be a list of texts"));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"register","sites":[{"name":"A"}]})"), HasSubstr("'sites' must be"));
  EXPECT_THAT(fault_of(R"({"version":1,"verb":"claim","phase":"design","owner":"a","process":{"pid":1}})"),
              HasSubstr("'process' must be an object with pid"));
}

TEST(Apply, PlansWhatTheVerbPlans) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}});
  ClaimRequest claim = Bench::request("a1");
  const auto claimed = change(bench.queue(), Request{claim, {}});
  ASSERT_TRUE(claimed);
  const Caller holder{claimed->lease->token, {}, false, {}};
  EXPECT_EQ(said(change(bench.queue(), Request{RenewRequest{{}, {}, Renewal::kCheck}, holder})), "ok");
  const auto check = preview(bench.queue(), Request{CompleteRequest{Phase::kImplement, {}, true}, holder});
  ASSERT_TRUE(check);
  EXPECT_EQ(check->remaining, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(bench.statuses(), "ii") << "a check changes nothing";
  EXPECT_EQ(said(change(bench.queue(), Request{CompleteRequest{Phase::kImplement, {{}, {"a.example"}}}, holder})),
            "ok");
  EXPECT_EQ(bench.statuses(), "Ii");
  EXPECT_EQ(said(change(bench.queue(), Request{ReleaseRequest{}, holder})), "ok");
  EXPECT_EQ(bench.statuses(), "IO");
}

TEST(Apply, ReadsTheBatchFilesWhereBatchesAreMade) {
  Bench bench({{"a.example", "", '-'}});
  const std::string folder = batches_folder(bench.queue().paths, bench.config);
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/batch-007.md") << "taken once";
  const auto batched = change(bench.queue(), Request{BatchRequest{}, named("p1")});
  ASSERT_TRUE(batched) << said(batched);
  EXPECT_EQ(batched->batches, std::vector<std::string>{"008"});
  EXPECT_EQ(said(change(bench.queue(), Request{BatchRequest{0, {}}, named("p1")})), "invalid_argument");
}

TEST(Apply, TellsWhichSitesAReleaseBuried) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}});
  bench.config.max_attempts = 1;
  const auto claimed = bench.claim("a1");
  ASSERT_TRUE(claimed);
  const Caller holder{claimed->lease->token, {}, false, "it failed"};
  ASSERT_TRUE(bench.begin({"a.example"}, holder));
  const auto released = change(bench.queue(), Request{ReleaseRequest{{}, {{}, {"a.example"}}, {}, true}, holder});
  ASSERT_TRUE(released) << said(released);
  EXPECT_EQ(released->buried, std::vector<std::string>{"a.example"});
}

}  // namespace
}  // namespace smbatcher::test
