namespace Relais.Campaigns;

/// <summary>A change of status that a user can request.</summary>
/// <param name="Action">The name of the action in the audit trail.</param>
/// <param name="UpdateSql">SQL that changes the status and returns it; no row when the current status does not allow the change.</param>
/// <param name="NoChangeFrom">Statuses in which the request succeeds without a change.</param>
internal sealed record StatusChange(string Action, string UpdateSql, string[] NoChangeFrom);
