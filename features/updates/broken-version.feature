@upstream @needs_containers
Feature: A broken version stops at the first replica and can be rolled back
  The image of a version may not exist. The first replica with that version is down until someone deletes its pod; all
  others keep serving the previous version.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas of version "v1"

  Scenario: A version that cannot start takes one replica and no other
    When version "broken" of "nginx-web" is rolled out
    Then within 30 seconds pod "nginx-web-2" comes back with version "broken"
    And for 10 seconds pods "nginx-web-0" and "nginx-web-1" are not replaced

  Scenario: A broken version is rolled back once its pod is deleted
    Given the rollout of version "broken" of "nginx-web" has reached pod "nginx-web-2"
    And the rollout of version "v1" of "nginx-web" has been observed
    When pod "nginx-web-2" is deleted
    Then within 20 seconds all 3 replicas of "nginx-web" run version "v1"
    And for 5 seconds pods "nginx-web-0" and "nginx-web-1" are not replaced
