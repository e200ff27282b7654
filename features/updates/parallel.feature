@upstream @needs_containers
Feature: A parallel rollout repairs all unhealthy replicas at once
  With parallel pod management a broken version may be in all replicas at once. Up to Kubernetes 1.36 a rollout repairs
  them one after another, since 1.37 all at once: nothing is lost by it, for none of them serves.

  Background:
    Given StatefulSet "nginx-web" with 3 ready replicas and parallel pod management

  @since_1_37
  Scenario: Replicas of which none is ready are all replaced together
    Given no pod of "nginx-web" is ready
    When version "v2" of "nginx-web" is rolled out
    Then within 10 seconds pods "nginx-web-0", "nginx-web-1" and "nginx-web-2" are replaced together
    And within 60 seconds all 3 replicas of "nginx-web" run version "v2"

  @until_1_36
  Scenario: Up to 1.36 replicas of which none is ready are replaced one by one
    Given no pod of "nginx-web" is ready
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And pods "nginx-web-2", "nginx-web-1" and "nginx-web-0" were deleted in this order, each after the one before was gone

  @since_1_37
  Scenario: A canary waits while any other replica is not ready
    Given pod "nginx-web-0" is not ready
    When version "v2" of "nginx-web" is rolled out with partition 2
    Then within 10 seconds "nginx-web" has a new update revision
    And for 10 seconds no pod of "nginx-web" is replaced

  @until_1_36
  Scenario: Up to 1.36 a canary does not wait for a replica that it leaves alone
    Given pod "nginx-web-0" is not ready
    When version "v2" of "nginx-web" is rolled out with partition 2
    Then within 30 seconds pod "nginx-web-2" runs version "v2"
    And for 3 seconds pods "nginx-web-0" and "nginx-web-1" are not replaced

  @known_broken
  Scenario: A rollout that comes early takes one replica at a time
    Replicas that are ready and serve, but have not been so for long enough to be called available, are no different from
    others to whoever uses them.

    Given StatefulSet "nginx-web" has been updated to minReadySeconds 30
    When version "v2" of "nginx-web" is rolled out
    Then for 10 seconds at least 2 pods of "nginx-web" are ready
