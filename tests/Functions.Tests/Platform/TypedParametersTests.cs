using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using NpgsqlTypes;
using Relais.Kit;
using Relais.Platform.Database;

namespace Functions.Tests.Platform;

public sealed class TypedParametersTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTime Start = new(2026, 1, 5, 9, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(typeof(DateTime?[]), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)]
    [InlineData(typeof(DateTime[]), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)]
    [InlineData(typeof(double?[]), NpgsqlDbType.Array | NpgsqlDbType.Double)]
    [InlineData(typeof(string[]), NpgsqlDbType.Array | NpgsqlDbType.Text)]
    [InlineData(typeof(Guid?[]), NpgsqlDbType.Array | NpgsqlDbType.Uuid)]
    [InlineData(typeof(byte[][]), NpgsqlDbType.Array | NpgsqlDbType.Bytea)]
    [InlineData(typeof(byte[]), NpgsqlDbType.Bytea)]
    [InlineData(typeof(DateTime?), NpgsqlDbType.TimestampTz)]
    public void FieldTrial_F01_The_database_type_follows_from_the_declared_type(Type type, NpgsqlDbType expected) =>
        Assert.Equal(expected, TypedParameters.FindType(type));

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(object[]))]
    [InlineData(typeof(List<string>))]
    [InlineData(typeof(DayOfWeek))]
    public void FieldTrial_F01_A_type_without_a_database_type_is_rejected(Type type) =>
        Assert.Throws<NotSupportedException>(() => TypedParameters.FindType(type));

    [Fact]
    public async Task FieldTrial_F01_Arrays_keep_their_values_and_nulls()
    {
        await using var source = NpgsqlDataSource.Create(postgres.Database.Superuser);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var flags = Gen.ListOf(Gen.Elements(true, false)).Where(list => list.Count < 20).ToArbitrary();

        Prop.ForAll(flags, list => EchoAsync(transaction, [.. list]).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    /// <summary>Sends one array of every nullable type, with nulls where the flags are true, and compares the returned values.</summary>
    private static async Task<bool> EchoAsync(NpgsqlTransaction transaction, bool[] isNull)
    {
        T?[] Values<T>(Func<int, T> value) where T : struct => [.. isNull.Select((isEmpty, n) => isEmpty ? (T?)null : value(n))];
        var sent = new
        {
            Times = Values(n => Start.AddSeconds(n)),
            Offsets = Values(n => new DateTimeOffset(Start.AddSeconds(n))),
            Ids = Values(n => new Guid(n, 0, 0, new byte[8])),
            Numbers = Values(n => n),
            Longs = Values(n => (long)n),
            Ages = Values(n => n / 4.0),
            Flags = Values(n => n % 2 == 0),
            Waits = Values(n => TimeSpan.FromSeconds(n)),
            Texts = isNull.Select((isEmpty, n) => isEmpty ? null : $"text {n}").ToArray(),
        };

        var returned = await transaction.QueryAsync<Row>(
            """
            select * from unnest(@Times, @Offsets, @Ids, @Numbers, @Longs, @Ages, @Flags, @Waits, @Texts)
              as r (time, "offset", id, number, long, age, flag, wait, text)
            """,
            sent, CancellationToken.None);

        return returned.Select(row => row.Time).SequenceEqual(sent.Times)
            && returned.Select(row => row.Offset).SequenceEqual(sent.Offsets.Select(at => at?.UtcDateTime))
            && returned.Select(row => row.Id).SequenceEqual(sent.Ids)
            && returned.Select(row => row.Number).SequenceEqual(sent.Numbers)
            && returned.Select(row => row.Long).SequenceEqual(sent.Longs)
            && returned.Select(row => row.Age).SequenceEqual(sent.Ages)
            && returned.Select(row => row.Flag).SequenceEqual(sent.Flags)
            && returned.Select(row => row.Wait).SequenceEqual(sent.Waits)
            && returned.Select(row => row.Text).SequenceEqual(sent.Texts);
    }

    private sealed class Row
    {
        public DateTime? Time { get; init; }
        public DateTime? Offset { get; init; }
        public Guid? Id { get; init; }
        public int? Number { get; init; }
        public long? Long { get; init; }
        public double? Age { get; init; }
        public bool? Flag { get; init; }
        public TimeSpan? Wait { get; init; }
        public string? Text { get; init; }
    }
}
