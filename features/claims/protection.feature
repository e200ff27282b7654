@upstream @needs_dynamic_volumes
Feature: A claim stays as long as a pod uses it, and is made anew where it is missing
  Somebody deletes the wrong claim. The replica that uses it keeps it; where the claim is gone before the pod has started,
  the set makes another one.

  Background:
    Given stateful set "web" with 1 ready replica

  Scenario: A claim in use is not removed
    When claim "www-web-0" is deleted
    Then for 5 seconds claim "www-web-0" is there
    And for 1 second no pod of "web" is replaced

  Scenario: A claim whose deletion was asked for goes when its pod goes
    Given the deletion of claim "www-web-0" has begun
    When stateful set "web" is scaled to 0
    Then within 20 seconds claim "www-web-0" is gone

  @exclusive
  Scenario: A claim that is missing when its pod starts is made anew
    Given no node takes new pods
    And pod "web-0" has been deleted with its claim "www-web-0"
    When the nodes take new pods again
    Then within 20 seconds claim "www-web-0" is made anew
    And within 30 seconds pod "web-0" is ready
