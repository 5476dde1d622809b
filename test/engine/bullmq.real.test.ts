// The engine that is other controllers, as every engine: workers in this process, a redis-server of its own, embedded hosts.
import { needs } from '../support/real.ts';
import { engineContract } from './contract.ts';
import { crewHere } from './crew-here.ts';

engineContract('of two workers', async () => await crewHere(['one', 'two']), needs('redis-server'));
