@upstream @needs_containers
Feature: A ReadWriteOncePod volume is never used by two pods
  A ReadWriteOncePod claim allows a single pod at a time, on any node. A second pod waits until the first has ended.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes

  Background:
    Given volume "single" is available
    And claim "alone" is pending
    And pod "first" is ready

  Scenario: A second pod waits while the first one runs
    When pod "second" is created
    Then within 5 seconds pod "second" is unschedulable, because "ReadWriteOncePod"
    And for 3 seconds pod "second" is unschedulable

  Scenario: A second pod starts when the first one is gone, and not before
    Given pod "second" has been created
    When pod "first" is deleted
    Then within 30 seconds pod "second" is ready
    And at no time since the scenario began did pods "first" and "second" run at the same time
