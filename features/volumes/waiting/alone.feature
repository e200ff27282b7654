@upstream @needs_containers
Feature: A volume for one pod alone is never used by two
  Some claims allow one single pod at a time, on whatever node. A second one waits, and runs when the first has ended:
  not a moment before.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes

  Background:
    Given volume "single" is there
    And claim "alone" waits for a volume
    And pod "first" has started

  Scenario: A second pod waits while the first one runs
    When pod "second" is started
    Then within 5 seconds no node takes pod "second", because "ReadWriteOncePod"
    And for 3 seconds no node takes pod "second"

  Scenario: A second pod starts when the first one has gone, and not before
    Given pod "second" is to start as well
    When pod "first" is deleted
    Then within 30 seconds pod "second" is ready
    And at no time did pods "first" and "second" run at once
