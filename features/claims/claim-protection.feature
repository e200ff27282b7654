@upstream @needs_dynamic_volumes
Feature: A claim stays as long as a pod uses it, and is made anew where it is missing
  Somebody deletes the wrong claim. The replica that uses it keeps it; where the claim is gone before the pod has started,
  the set makes another one.

  Background:
    Given StatefulSet "web" with 1 ready replica

  Scenario: A claim in use is not removed
    When claim "www-web-0" is deleted
    Then for 5 seconds claim "www-web-0" exists
    And for 1 second no pod of "web" is replaced

  Scenario: A claim whose deletion was asked for goes when its pod goes
    Given the deletion of claim "www-web-0" has been requested
    When StatefulSet "web" is scaled to 0
    Then within 20 seconds claim "www-web-0" is deleted

  @exclusive
  Scenario: A claim that is missing when its pod starts is recreated
    Given all nodes are cordoned
    And pod "web-0" has been deleted with its claim "www-web-0"
    When all nodes are uncordoned
    Then within 20 seconds claim "www-web-0" is recreated
    And within 30 seconds pod "web-0" is ready
