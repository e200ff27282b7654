@since_1_37
Feature: In order, maxUnavailable is a batch and not a window
  With ordered pod management a rollout deletes as many replicas as may be unavailable, and creates them again from the
  lowest ordinal up, each once the one before is ready. The next batch waits for the whole of the last one.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#maximum-unavailable-pods

  Background:
    Given StatefulSet "nginx-web" with 4 ready replicas
    And StatefulSet "nginx-web" has been updated to maxUnavailable 2

  Scenario: Two replicas go together, and come back from the lower to the higher
    When version "v2" of "nginx-web" is rolled out
    Then within 10 seconds pods "nginx-web-3" and "nginx-web-2" are replaced together
    And within 90 seconds all 4 replicas of "nginx-web" run version "v2"
    And pods "nginx-web-2" and "nginx-web-3" were created in this order, each after the one before was ready
    And at no time since the event were fewer than 2 pods of "nginx-web" ready
