using System.Text.Json.Serialization;

namespace Relais.Usage.Budget;

/// <summary>The monthly budget of a tenant.</summary>
/// <param name="MonthlyBudget">In the currency of the account, with at most two decimals; null for no budget.</param>
internal sealed record BudgetRequest([property: JsonRequired] decimal? MonthlyBudget);
