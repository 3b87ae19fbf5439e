using LocalPackages.Tests.Worker;

// Started as a program this assembly is a Functions app, for tests that signal and kill processes.
await WorkerProcess.RunAsync(args);
