using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Functions.Tests.Http;
using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Access;

namespace Functions.Tests.Access;

/// <summary>
/// Every API function that changes something writes to the audit trail. A changing function without an entry in
/// <see cref="ChangingCalls.All"/> fails the first test.
/// </summary>
[Collection(ApiCollection.Name)]
public sealed partial class AuditCoverageTests(ApiSystem api)
{
    private static readonly string[] Changing = ["POST", "PUT", "PATCH", "DELETE"];

    public static TheoryData<string> Functions => [.. typeof(AccessRules).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(
            method => method.IsDefined(typeof(FunctionAttribute))
                && AccessRules.ReadRule(method) is AccessRule.Requires or AccessRule.SignedIn)
        .Where(
            method => method.GetParameters()
                .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
                .Any(trigger => trigger?.Methods?.Any(verb => Changing.Contains(verb.ToUpperInvariant())) == true))
        .Select(method => method.GetCustomAttribute<FunctionAttribute>()!.Name)
        .Where(name => !ChangingCalls.Reads.Contains(name))
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_changing_function_has_one_call_in_the_list() =>
        Assert.Equal(
            Functions.AsEnumerable<object[]>().Select(row => (string)row[0]),
            ChangingCalls.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_change_writes_an_audit_entry(string function)
    {
        var calls = new ChangingCalls(api);
        var call = await ChangingCalls.All[function](calls);
        var before = await RowsAsync(call.Subject);

        using var response = await calls.SendAsync(call);

        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        var rows = (await RowsAsync(call.Subject)).Except(before).ToList();
        // Creating a tenant also records its first member.
        Assert.Equal(function == "CreateTenant" ? 2 : 1, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Matches(Action(), row.Action);
            Assert.DoesNotMatch(Secret(), row.Values);
        });
    }

    private sealed record Row(Guid Id, string Action, string Values);

    private async Task<List<Row>> RowsAsync(string subject)
    {
        await using var connection = new NpgsqlConnection(api.System.Database.Superuser);
        return (await connection.QueryAsync<Row>(
            "select id, action, concat(before, ' ', after) as values from audit where actor_kind = 'person' and actor_id = @Subject",
            new { Subject = subject })).AsList();
    }

    [GeneratedRegex(@"^[a-z_]+\.[a-z_]+$")]
    private static partial Regex Action();

    // Matches keys, invitation codes, phone numbers, and the name of the contact that the calls use.
    [GeneratedRegex(@"r[ki]_\w|(?<![-\w])\+?\d{9,}(?![-\w])|Hadja")]
    private static partial Regex Secret();
}
