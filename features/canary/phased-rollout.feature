@upstream
Feature: A canary is extended one ordinal at a time
  Once the first canary serves, the partition is lowered by one, and again. Each step updates the ordinal that it opens
  and no other.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas of version "v2" and canary "v3" from ordinal 2

  Scenario: Lowering the partition by one moves one more replica
    When the partition of "nginx-web" is set to 1
    Then within 30 seconds pod "nginx-web-1" runs version "v3"
    And for 3 seconds pods "nginx-web-0" and "nginx-web-2" are not replaced
    And at no time since the scenario began did a rollout of "nginx-web" reach below its partition
