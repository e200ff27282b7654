@upstream
Feature: A rollout takes down at most maxUnavailable replicas
  A large set is updated sooner if several replicas may be unavailable at once. Replicas that are already unavailable
  count, so that a rollout never takes down the last ones that serve.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#maximum-unavailable-pods

  Background:
    Given StatefulSet "nginx-web" with 5 ready replicas and parallel pod management
    And StatefulSet "nginx-web" has been updated to maxUnavailable 2

  @since_1_37
  Scenario: Two replicas are replaced at a time, and no third
    When version "v2" of "nginx-web" is rolled out
    Then within 10 seconds pods "nginx-web-4" and "nginx-web-3" are replaced together
    And within 60 seconds all 5 replicas of "nginx-web" run version "v2"
    And at no time since the event were fewer than 3 pods of "nginx-web" ready

  @since_1_37 @needs_containers
  Scenario: Replicas that are not ready are replaced first, and nobody beside them
    Given pod "nginx-web-0" is not ready
    And pod "nginx-web-1" is not ready
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds all 5 replicas of "nginx-web" run version "v2"
    And at no time since the event were fewer than 3 pods of "nginx-web" ready

  @until_1_36 @needs_containers
  Scenario: Up to 1.36 a rollout takes its first replica though others are missing
    Given pod "nginx-web-0" is not ready
    And pod "nginx-web-1" is not ready
    When version "v2" of "nginx-web" is rolled out
    Then within 10 seconds pod "nginx-web-4" comes back with version "v2"
    And for 1 second pods "nginx-web-0" and "nginx-web-1" are not replaced
