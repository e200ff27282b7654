Feature: Pods that no StatefulSet makes are judged under a name of their own
  Operators make pods as they like. A scenario says once which pods it means, by their labels or by what owns them.

  Rule: Pods are known by what owns them, directly or through others

    Background:
      Given "kiosk" exists
      And the pods owned by Deployment "kiosk" as "counters"
      And all 3 replicas of "counters" are ready

    Scenario: Lost pods are made anew, whatever they are called
      When all replicas of "counters" are deleted
      Then within 20 seconds all 3 replicas of "counters" are ready

    Scenario: A new version takes one pod at a time out of service
      When "kiosk-v2" is applied
      Then within 60 seconds all 3 replicas of "counters" run version "v2"
      And at no time since the event were fewer than 2 pods of "counters" ready

  Rule: Pods are known by their labels

    Scenario: A pod that lacks one of the labels is none of them
      The kiosk has a lamp as well, which is no counter.

      Given the pods labelled "app=kiosk,role=counter" as "counters"
      When "kiosk" is created
      Then within 60 seconds all 3 replicas of "counters" are ready

    Scenario: A member that a label names is replaced
      Given StatefulSet "nginx-web" with 2 ready replicas
      And the pods labelled "app=nginx-web" as "servers", told apart by label "apps.kubernetes.io/pod-index"
      When member "1" of "servers" is deleted
      Then within 20 seconds member "1" of "servers" is replaced

    Scenario: A member that a label names gets back its claim
      Given StatefulSet "web" with 2 ready replicas
      And the pods labelled "app=web" as "servers", told apart by label "apps.kubernetes.io/pod-index"
      When member "0" of "servers" is deleted
      Then within 60 seconds member "0" of "servers" is replaced
      And at no time since the scenario began did a replica of "servers" lose its claim
