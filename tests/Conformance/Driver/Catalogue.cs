namespace Relais.Conformance;

internal static class Catalogue
{
    internal static readonly Scenario[] All =
    [
        .. Web.Routes.All, .. Web.Requests.All, .. Web.Results.All, .. Web.Keys.All, .. Web.Contexts.All, .. Web.Middleware.All,
        .. Web.Connections.All,
        .. Queues.Inputs.All, .. Queues.Failures.All, .. Queues.Outputs.All,
        .. Timers.Ticks.All,
        .. Orchestrations.Basics.All, .. Orchestrations.Failures.All, .. Orchestrations.Retries.All, .. Orchestrations.Timers.All,
        .. Orchestrations.Events.All, .. Orchestrations.Execution.All, .. Orchestrations.Generations.All,
        .. Orchestrations.Terminations.All, .. Orchestrations.Suspensions.All, .. Orchestrations.Purges.All, .. Orchestrations.Waits.All,
        .. Orchestrations.Identities.All, .. Orchestrations.Queries.All, .. Orchestrations.Values.All,
        .. Orchestrations.Starts.All, .. Orchestrations.Optional.All,
    ];

    internal static Scenario[] Chosen(IReadOnlyCollection<string> parts) =>
        [.. All.Where(scenario => parts.Count == 0 || parts.Any(part => scenario.Name.Contains(part, StringComparison.Ordinal)))];
}
