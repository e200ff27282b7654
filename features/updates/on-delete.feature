@upstream
Feature: With OnDelete, pods are replaced only when they are deleted
  Some applications are updated by hand, member by member. A new version moves no pod by itself; a deleted pod comes
  back with it.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and update strategy OnDelete

  Scenario: A new version moves no pod by itself
    When version "v2" of "nginx-web" is rolled out
    Then within 10 seconds "nginx-web" has a new update revision
    And for 3 seconds no pod of "nginx-web" is replaced

  Scenario: A deleted pod comes back with the new version, alone
    Given the rollout of version "v2" of "nginx-web" has been observed
    When pod "nginx-web-1" is deleted
    Then within 60 seconds pod "nginx-web-1" runs version "v2"
    And for 3 seconds pods "nginx-web-0" and "nginx-web-2" are not replaced

  @since_1_37
  Scenario: A set that was updated by hand knows one version at the end
    Given version "v2" of "nginx-web" has been rolled out
    When pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" are deleted
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And within 10 seconds the status of "nginx-web" names 1 revision

  @until_1_36
  Scenario: Up to 1.36 a set updated by hand tells of its first version for good
    Given version "v2" of "nginx-web" has been rolled out
    When pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" are deleted
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And for 5 seconds the status of "nginx-web" names 2 revisions
