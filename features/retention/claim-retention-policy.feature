@upstream @needs_dynamic_volumes
Feature: Claims are deleted only as their retention policy says
  A test system may delete its claims, a database must not. The retention policy decides; a claim that something else
  controls is left alone.

  Background:
    Given StatefulSet "web" with 2 ready replicas

  Rule: whenDeleted decides about the claims of a deleted set

    Scenario: Claims are owned by the set whose deletion deletes them
      When StatefulSet "web" is updated to claim retention policy Delete when deleted
      Then within 10 seconds claims "www-web-0" and "www-web-1" have an owner reference to "web"

    Scenario: A set that deletes its claims leaves none behind
      Given StatefulSet "web" has been updated to claim retention policy Delete when deleted
      When StatefulSet "web" is deleted
      Then within 20 seconds claims "www-web-0" and "www-web-1" are deleted

    Scenario: A set with the default retention policy leaves all its claims
      When StatefulSet "web" is deleted
      Then within 30 seconds "web" has no pods
      And for 5 seconds claims "www-web-0" and "www-web-1" are bound

    Scenario: A set that deletes its claims also deletes that of an adopted pod
      Given StatefulSet "web" has been updated to claim retention policy Delete when deleted
      And pod "web-1" has lost its owner reference and been adopted again
      When StatefulSet "web" is deleted
      Then within 20 seconds claims "www-web-0" and "www-web-1" are deleted

  Rule: whenScaled decides about the claims of replicas that are scaled down

    Scenario: The claim of a replica that is scaled down is deleted, the others stay
      Given StatefulSet "web" has been updated to claim retention policy Delete when scaled
      When StatefulSet "web" is scaled to 1
      Then within 20 seconds claim "www-web-1" is deleted
      And for 5 seconds claim "www-web-0" exists

    Scenario: The claim of an adopted replica that is scaled down is deleted
      Given StatefulSet "web" has been updated to claim retention policy Delete when scaled
      And pod "web-1" has lost its owner reference and been adopted again
      When StatefulSet "web" is scaled to 1
      Then within 20 seconds claim "www-web-1" is deleted
      And for 5 seconds claim "www-web-0" exists

  Rule: A claim that something else controls is never deleted

    Scenario: A claim with another controller stays whatever the retention policy says
      Given claim "www-web-1" has another controller
      And StatefulSet "web" has been updated to claim retention policy Delete when scaled
      When StatefulSet "web" is scaled to 0
      Then within 20 seconds claim "www-web-0" is deleted
      And at no time since the scenario began did a replica of "web" lose its claim
