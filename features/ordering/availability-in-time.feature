Feature: A replica counts as available when its time has come, for the next one
  A set waits for minReadySeconds between two replicas and not longer: an update of a hundred replicas would otherwise take
  minutes more. That a rollout is complete does not wait for it: the last replica is not yet available then.

  @since_1_35
  Scenario: The next replica is created as soon as the one before is available
    When StatefulSet "nginx-web" is applied with 3 replicas and minReadySeconds 5
    Then within 90 seconds all 3 replicas of "nginx-web" are ready
    And each later replica of "nginx-web" was created within 2 seconds of the availability of the one before

  Scenario: A rollout is complete before its replicas are available
    Given StatefulSet "nginx-web" with 1 ready replica and parallel pod management
    And StatefulSet "nginx-web" has been updated to minReadySeconds 20
    When version "v2" of "nginx-web" is rolled out
    Then within 15 seconds the rollout of "nginx-web" is complete
    And for 3 seconds "nginx-web" reports 0 available replicas
