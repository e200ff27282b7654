@upstream @needs_dynamic_volumes
Feature: A claim in use is protected, and a missing one is recreated
  Someone deletes the wrong claim. A pod that uses it keeps it; if the claim is gone before the pod has started, the set
  creates another one.

  Background:
    Given StatefulSet "web" with 1 ready replica

  Rule: A claim in use is protected

    Scenario: A claim in use is not deleted
      When claim "www-web-0" is deleted
      Then for 5 seconds claim "www-web-0" exists
      And for 1 second no pod of "web" is replaced

    Scenario: A claim marked for deletion is deleted when its pod is gone
      Given the deletion of claim "www-web-0" has been requested
      When StatefulSet "web" is scaled to 0
      Then within 20 seconds claim "www-web-0" is deleted

  Rule: A missing claim is recreated

    @exclusive
    Scenario: A claim that is missing when its pod starts is recreated
      Given all nodes are cordoned
      And pod "web-0" has been deleted with its claim "www-web-0"
      When all nodes are uncordoned
      Then within 20 seconds claim "www-web-0" is recreated
      And within 30 seconds pod "web-0" is ready
