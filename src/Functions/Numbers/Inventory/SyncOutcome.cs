using System.Text.Json.Serialization;

namespace Relais.Numbers.Inventory;

/// <param name="Drifted">Managed numbers whose webhooks did not point to this installation.</param>
/// <param name="Repaired">The drifted numbers that this run repaired.</param>
/// <param name="OwnedByAnotherTenant">Numbers that stay in another tenant's inventory until its own synchronisation ends them.</param>
internal sealed record SyncOutcome(int Added, int Ended, int Drifted, int Repaired, [property: JsonIgnore] int OwnedByAnotherTenant = 0);
