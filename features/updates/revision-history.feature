@upstream
Feature: A set keeps as many revisions as its history limit says
  Each version leaves a revision to roll back to. Revisions that no pod uses are deleted beyond the limit, the oldest
  first.

  Scenario: Revisions beyond the limit are dropped
    Given StatefulSet "nginx-web" with 1 ready replica and revision history limit 1
    And version "v2" of "nginx-web" has been rolled out
    When version "v3" of "nginx-web" is rolled out
    Then within 60 seconds the only replica of "nginx-web" runs version "v3"
    And within 10 seconds "nginx-web" has 2 revisions
    And at no time since the scenario began did "nginx-web" make two revisions of one version

  Scenario: Going back to the former version uses the revision it had
    Given StatefulSet "nginx-web" with 2 ready replicas of version "v1"
    And version "v2" of "nginx-web" has been rolled out
    When version "v1" of "nginx-web" is rolled out
    Then within 60 seconds all 2 replicas of "nginx-web" run version "v1"
    And "nginx-web" reuses a former revision
    And at no time since the scenario began did "nginx-web" replace a replica out of order

  Scenario: Going back leaves one revision for each version
    Given StatefulSet "nginx-web" with 1 ready replica of version "v1"
    And version "v2" of "nginx-web" has been rolled out
    When version "v1" of "nginx-web" is rolled out
    Then within 60 seconds the only replica of "nginx-web" runs version "v1"
    And within 10 seconds "nginx-web" has 2 revisions
    And at no time since the scenario began did "nginx-web" make two revisions of one version
