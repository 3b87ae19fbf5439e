namespace Relais.Simulators;

/// <summary>The names under which REST operations are counted and can be made to fail.</summary>
internal static class RestOperations
{
    public const string AccountFetch = "account.fetch";
    public const string Balance = "balance";
    public const string CountriesList = "countries.list";
    public const string CountriesFetch = "countries.fetch";
    public const string NumbersSearch = "numbers.search";
    public const string NumbersCreate = "numbers.create";
    public const string NumbersList = "numbers.list";
    public const string NumbersFetch = "numbers.fetch";
    public const string NumbersUpdate = "numbers.update";
    public const string NumbersDelete = "numbers.delete";
    public const string AddressesList = "addresses.list";
    public const string AddressesFetch = "addresses.fetch";
    public const string RegulationsList = "regulations.list";
    public const string RegulationsFetch = "regulations.fetch";
    public const string BundlesList = "bundles.list";
    public const string BundlesFetch = "bundles.fetch";
    public const string UsageList = "usage.list";
    public const string SendersList = "senders.list";
    public const string SendersFetch = "senders.fetch";
    public const string SendersCreate = "senders.create";
    public const string SendersUpdate = "senders.update";

    public static IReadOnlyList<string> All { get; } =
    [
        AccountFetch, Balance, CountriesList, CountriesFetch,
        NumbersSearch, NumbersCreate, NumbersList, NumbersFetch, NumbersUpdate, NumbersDelete,
        AddressesList, AddressesFetch, RegulationsList, RegulationsFetch, BundlesList, BundlesFetch,
        UsageList, SendersList, SendersFetch, SendersCreate, SendersUpdate,
    ];

    /// <summary>Finds the operation of this name, or all operations of a resource ("numbers.*"). Throws when there is none.</summary>
    public static IReadOnlyList<string> FindByName(string name)
    {
        var isPrefix = name.EndsWith(".*", StringComparison.Ordinal);
        var found = All
            .Where(operation => isPrefix ? operation.StartsWith(name[..^1], StringComparison.Ordinal) : operation == name)
            .ToList();
        return found.Count > 0 ? found : throw new ArgumentException($"There is no REST operation {name}.", nameof(name));
    }
}
