using DurableHost;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

// A Functions app with nothing but durable functions: it is killed, stopped and continued by the tests.
var builder = FunctionsApplication.CreateBuilder(args);
builder.Services.AddSingleton(NpgsqlDataSource.Create(builder.Configuration.GetConnectionString("DurableTask")!));
builder.Services.AddSingleton<Journal>();
builder.Build().Run();
